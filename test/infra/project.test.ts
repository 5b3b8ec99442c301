import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildFleet } from '../../apps/fleet';
import { configurationKeys } from '../../infra/configuration';
import { startEngine, type Told } from './engine';
import { canary, crdFolder } from './fixtures';

const root = resolve(__dirname, '../..');
const project = parse(readFileSync(join(root, 'Pulumi.yaml'), 'utf8'));
let engine: Told;

beforeEach(async () => void (engine = await startEngine()));
afterEach(() => engine.close());

/** Runs the project as Pulumi's Node.js host does: its runner, with the options, the folder and the entry of Pulumi.yaml. */
async function run(configuration: Readonly<Record<string, string>>, stack = 'staging') {
  const main = join(root, project.main);
  const runner = require.resolve('@pulumi/pulumi/cmd/run');
  const host = ['--project=argosy', `--stack=${stack}`, `--root-directory=${root}`, `--pwd=${dirname(main)}`];
  const wire = [`--monitor=${engine.address}`, `--engine=${engine.address}`];
  const args = [...project.runtime.options.nodeargs.split(' '), runner, ...host, ...wire, basename(main)];
  const env = {
    ...process.env,
    PULUMI_NODEJS_TYPESCRIPT: String(project.runtime.options.typescript),
    PULUMI_CONFIG: JSON.stringify(configuration),
    PULUMI_CONFIG_SECRET_KEYS: '["argosy:redisPassword"]',
  };
  const child = promisify(execFile)(process.execPath, args, { cwd: dirname(main), env, timeout: 30_000 });
  return child.then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    (error) => ({ code: error.code as number, said: `${error.stdout}${error.stderr}` }),
  );
}

describe('the Pulumi project', () => {
  it('is run by Pulumi’s own runner as Pulumi.yaml says, from TypeScript, up to the root Application', async () => {
    const { code, said } = await run({ 'argosy:crds': crdFolder(), 'argosy:redisPassword': canary });
    expect({ code, said, errors: engine.errors }).toEqual({ code: 0, said: '', errors: [] });
    expect(engine.resources.at(-1)).toMatchObject({
      type: 'kubernetes:argoproj.io/v1alpha1:Application',
      name: 'staging-root',
    });
    const outputs = engine.outputs.find((each) => each?.cluster);
    expect(outputs.cluster).toMatchObject({ argocdVersion: '3.5.7', rootApplication: 'staging-root' });
    expect(JSON.stringify(engine.outputs)).not.toContain(canary);
  }, 30_000);

  it('tells what is wrong by the five answers alone, and fails', async () => {
    const { code } = await run({ 'argosy:redisPassword': canary, 'argosy:contxt': 'staging' });
    expect(code).not.toBe(0);
    expect(engine.errors.join('\n')).toMatch(/^invalid-configuration: nothing reads it\n {2}at: .*argosy:contxt/);
    expect(engine.errors.join('\n')).not.toMatch(/node_modules|canary/);
    expect(engine.resources.map(({ type }) => type)).toEqual(['pulumi:pulumi:Stack']);
  }, 30_000);

  it('has a stack for each cluster of the fleet, which names its context and holds no secret', () => {
    const folder = join(root, project.stackConfigDir);
    const clusters = buildFleet().node.children.map(({ node }) => node.id);
    expect(readdirSync(folder).sort()).toEqual(clusters.map((name) => `Pulumi.${name}.yaml`).sort());
    for (const name of clusters) {
      const { config } = parse(readFileSync(join(folder, `Pulumi.${name}.yaml`), 'utf8'));
      expect(config['argosy:context']).toBe(name);
      const keys = Object.keys(config).map((key) => key.replace(/^argosy:/, ''));
      expect(configurationKeys).toEqual(expect.arrayContaining(keys));
      expect(config).not.toHaveProperty('argosy:redisPassword');
    }
  });
});
