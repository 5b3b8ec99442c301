import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseRun } from '../../lib/cli/local';
import { findProject } from '../../lib/cli/project';
import { documentOf, program, project, run, temporary, tree } from './cli';

describe('usage', () => {
  it('answers what it does not know with exit code 3, on stderr, or as a document', async () => {
    const folder = project();
    const unknown = await run(folder, ['nope']);
    expect([unknown.code, unknown.stdout]).toEqual([3, '']);
    expect(unknown.stderr).toMatch(/^error: unknown command 'nope'\n/);
    const flag = await run(folder, ['synth', '--nope', '--json']);
    expect(flag.code).toBe(3);
    expect(documentOf(flag)).toMatchObject({
      version: 1,
      errors: [{ code: 'invalid-usage', what: "unknown option '--nope'" }],
    });
  });

  it('tells status and down of nothing that runs', async () => {
    const folder = project({ 'fleet.ts': program() });
    const before = tree(folder);
    const [status, down] = await Promise.all([run(folder, ['status', '--json']), run(folder, ['down'])]);
    expect([status.code, documentOf(status)]).toMatchObject([2, { version: 1, errors: [{ code: 'not-running' }] }]);
    expect(down).toEqual({ code: 0, stdout: 'one: was not running\n', stderr: '' });
    expect(tree(folder)).toEqual(before);
  });

  it('refuses a cluster that the fleet does not declare, or that leads out of the state folder', async () => {
    const found = findProject(project({ 'fleet.ts': program() }));
    await expect(chooseRun(found, '../../x')).rejects.toThrow('invalid-name: the name of the cluster is "../../x"');
    await expect(chooseRun(found, 'nope')).rejects.toThrow(
      'unknown-cluster: there is no cluster "nope"\n  why: the fleet declares one, two\n',
    );
  });

  it('means the only cluster that runs, without asking the program', async () => {
    const folder = project({ 'fleet.ts': 'this is no program' });
    const found = findProject(folder);
    const remember = (name: string): void => {
      mkdirSync(join(folder, '.argosy', name), { recursive: true });
      writeFileSync(join(folder, '.argosy', name, 'run.json'), JSON.stringify({ version: 1, parts: [] }));
    };
    remember('two');
    expect(await chooseRun(found, undefined)).toBe('two');
    expect(await chooseRun(found, 'two')).toBe('two');
    remember('one');
    expect(await chooseRun(found, 'one')).toBe('one');
    await expect(chooseRun(found, undefined)).rejects.toThrow('program-error');
  });
});

describe('the project', () => {
  const folderWith = (text: string): string => {
    const folder = temporary();
    writeFileSync(join(folder, 'package.json'), text);
    return folder;
  };

  it('is the nearest package.json with an argosy entry', () => {
    const folder = folderWith('\ufeff{ "argosy": {} }');
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    writeFileSync(join(folder, 'a/package.json'), 'null');
    expect(findProject(join(folder, 'a/b'))).toEqual({
      folder,
      fleet: join(folder, 'apps/fleet.ts'),
      infra: join(folder, 'infra/index.ts'),
      state: join(folder, '.argosy'),
    });
  });

  it.each([
    ['{ "argosy": { "fleet": 3 } }', 'argosy.fleet is 3'],
    ['{ "argosy": { "fleet": "" } }', 'argosy.fleet is ""'],
    ['{ "argosy": { "flet": "x.ts" } }', 'argosy.flet is unknown'],
    ['{ "argosy": { "__proto__": "x.ts" } }', 'argosy.__proto__ is unknown'],
    ['{ "argosy": null }', 'argosy is null'],
    ['{ "argosy": "apps" }', 'argosy is "apps"'],
    ['{ "argosy": [] }', 'argosy is []'],
    ['{ "argosy": ', 'package.json is not JSON'],
  ])('refuses %s', (text, what) => {
    expect(() => findProject(folderWith(text))).toThrow(`no-project: ${what}`);
  });

  it('is an error where there is none, and where package.json cannot be read', async () => {
    const folder = temporary();
    const answer = await run(folder, ['synth']);
    expect([answer.code, answer.stdout]).toEqual([2, '']);
    expect(answer.stderr).toMatch(/^no-project: no package\.json with an "argosy" entry is here or above\n/);
    mkdirSync(join(folder, 'package.json'));
    expect(() => findProject(folder)).toThrow('no-project: package.json cannot be read: EISDIR');
  });
});
