import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentOf, program, project, run, temporary, top, write } from './cli';

/** The environment of a machine with Node and Git, an empty cache, and no network. */
function bareMachine(): NodeJS.ProcessEnv {
  const bin = temporary('argosy-bin-');
  symlinkSync(process.execPath, join(bin, 'node'));
  symlinkSync(execFileSync('/bin/sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim(), join(bin, 'git'));
  const noNetwork = `--require "${join(__dirname, 'fixtures/no-network.cjs')}"`;
  return { PATH: bin, ARGOSY_CACHE: join(bin, 'cache'), HOME: bin, NODE_OPTIONS: noNetwork };
}

describe('argosy demo without Go and without a network', () => {
  it('prints its first half, then why the second half is not, and the ways that remain', async () => {
    const machine = bareMachine();
    const folder = project({}, { fleet: join(top, 'apps/fleet.ts'), infra: join(top, 'infra/index.ts') });
    const { code, stdout, stderr } = await run(folder, ['demo'], machine);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^staging: 7 applications, \d+ objects\n {2}wave /);
    expect(stdout).toContain('checked: nothing that Argo CD would refuse, drop or fight over\n');
    expect(stderr).toMatch(/✓ rendered and checked in [\d.]+ s, without a cluster\n/);
    expect(stderr).toMatch(/^parts-unavailable: [^]*go build: there is no go on the PATH\n/m);
    expect(stderr).toMatch(/^ {2}fix: one of these, for each part\n {4}- Go [\d.]+ or newer on the PATH/m);
    expect(stderr).not.toContain('unexpected');

    const json = documentOf(await run(folder, ['demo', '--json'], machine));
    expect(json).toMatchObject({ version: 1, cluster: 'staging', findings: [], steps: [] });
    expect(json.errors.map((error: { code: string }) => error.code)).toEqual(['parts-unavailable']);
  });

  it('tells a mistake in the program at once', async () => {
    const machine = bareMachine();
    const folder = project({ 'fleet.ts': program("throw new RangeError('mine');"), 'infra/index.ts': '' });
    const { code, stdout, stderr } = await run(folder, ['demo'], machine);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^program-error: mine\n {2}at: {2}fleet\.ts:14:7\n/m);
    write(folder, { 'fleet.ts': program() });
    const none = await run(folder, ['up', '--cluster', 'nope', '--json'], machine);
    expect([none.code, documentOf(none)]).toMatchObject([2, { errors: [{ code: 'unknown-cluster' }] }]);
  });
});
