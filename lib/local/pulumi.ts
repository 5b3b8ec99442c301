import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ArgosyError } from '../kube';
import type { OperatorPlan } from '../operator';
import type { EngineRequest } from './engine-child';
import { writeStandInChart } from './stand-in-chart';

export interface PulumiRun {
  readonly request: EngineRequest;
  /** Folder of Pulumi.yaml. */
  readonly project: string;
  /** State folder, which also holds Pulumi's own state. */
  readonly state: string;
  readonly plan: OperatorPlan;
}

/**
 * Runs the bootstrap program with the Pulumi engine on the PATH, against a state of its own in
 * the state folder. The official chart's pods are the local processes, so a stand-in chart that
 * makes the same ConfigMaps of the same values takes its place.
 */
export async function runPulumi({ request, project, state, plan }: PulumiRun): Promise<void> {
  const folder = join(state, 'pulumi');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const chart = join(folder, 'chart');
  writeStandInChart(chart, plan);
  const configuration = { ...request.configuration, 'argosy:chart': JSON.stringify({ from: 'folder', path: chart }) };
  const environment = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(24).toString('hex'),
    PULUMI_SKIP_UPDATE_CHECK: 'true',
  };
  const stackFile = join(folder, `Pulumi.${request.stack}.yaml`);
  const pulumi = (args: readonly string[], input = ''): Promise<void> =>
    call(['--non-interactive', '--cwd', project, ...args, '--stack', request.stack], input, environment);
  await call(['--non-interactive', '--cwd', project, 'stack', 'init', request.stack, '--no-select'], '', environment);
  for (const [key, value] of Object.entries(configuration)) {
    const kind = request.secrets.includes(key) ? '--secret' : '--plaintext';
    await pulumi(['config', 'set', kind, '--config-file', stackFile, key], value);
  }
  await pulumi(['up', '--yes', '--skip-preview', '--config-file', stackFile]);
}

/** Values go in on stdin, so none of them stands in a process list. */
function call(args: readonly string[], input: string, env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('pulumi', args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
    child.stdin.end(input);
    child.once('error', (cause: NodeJS.ErrnoException) =>
      reject(failed(args, cause.code === 'ENOENT' ? 'pulumi is not on the PATH' : cause.message)),
    );
    child.once('exit', (code) => (code === 0 ? resolve() : reject(failed(args, said.join('').trim().slice(-2000)))));
  });
}

function failed(args: readonly string[], what: string): ArgosyError {
  return new ArgosyError({
    code: 'bootstrap-failed',
    what: `pulumi ${args.find((each) => ['stack', 'config', 'up'].includes(each))}: ${what}`,
    why: 'without the bootstrap there is no Argo CD on the cluster',
    fix: 'install the Pulumi engine, or leave out --engine pulumi to run the same program in process',
  });
}
