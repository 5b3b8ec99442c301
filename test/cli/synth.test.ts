import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentOf, execute, program, project, run, temporary, top, tree, write } from './cli';

describe('argosy synth', () => {
  it('writes, compares, and never leaves a mix behind a failing program', async () => {
    const folder = project({ 'fleet.ts': program() });
    const manifests = join(folder, 'apps/manifests');

    const first = await run(folder, ['synth']); // without HOME
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toContain('+ apps/manifests/one/app/argocd/configmap-settings.yaml\n');
    const written = tree(manifests);

    const equal = await run(folder, ['synth', '--check', '--json']);
    expect(equal.code).toBe(0);
    expect(documentOf(equal)).toMatchObject({ version: 1, folder: 'apps/manifests', written: false, update: [] });

    write(folder, { 'fleet.ts': program("map('more');").replace('blue', 'green') });
    const differs = await run(folder, ['synth', '--check']);
    expect([differs.code, differs.stderr]).toEqual([1, '']);
    expect(differs.stdout).toBe(
      [
        '+ apps/manifests/one/app/argocd/configmap-more.yaml',
        '~ apps/manifests/one/app/argocd/configmap-settings.yaml',
        'apps/manifests: 2 files differ from the code; run argosy synth and commit',
        '',
      ].join('\n'),
    );
    expect(tree(manifests)).toEqual(written);

    write(folder, { 'fleet.ts': program("map('settings-again', 'settings'); map('third', 'settings');") });
    const twins = await run(folder, ['synth', '--json']);
    expect([twins.code, twins.stderr]).toEqual([2, '']);
    expect(documentOf(twins).errors).toMatchObject([
      { code: 'duplicate-object', where: { location: 'fleet.ts:10:15' } },
      { code: 'duplicate-object' },
    ]);
    expect(tree(manifests)).toEqual(written);
  });

  it('exits 1 for a finding, and tells it on stderr', async () => {
    const folder = project({
      'fleet.ts': program(`new ApiObject(app, 'hook', { apiVersion: 'batch/v1', kind: 'Job',
        metadata: { annotations: { 'argocd.argoproj.io/hook': 'PreSink' } } });`),
    });
    const { code, stdout, stderr } = await run(folder, ['synth']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error unknown-hook: [^]*at: {2}fleet\.ts:10:15 {2}batch\/Job argocd\/.* in one\/app\n/);
    expect(stdout).toMatch(/^apps\/manifests: \d+ files changed, 0 unchanged$/m);
  });

  it('is what plain cdk8s synth writes, byte for byte', async () => {
    const output = temporary('argosy cdk8s ');
    const folder = project({}, { fleet: join(top, 'apps/fleet.ts') });
    const cdk8s = join(top, 'node_modules/.bin/cdk8s');
    const [plain, own] = await Promise.all([
      execute(process.execPath, [cdk8s, 'synth', '--output', output], top, {
        PATH: process.env['PATH'],
        HOME: output,
        CDK8S_CHECK_UPGRADE: 'false',
      }),
      run(folder, ['synth']),
    ]);
    expect([plain.code, own.code], plain.stderr).toEqual([0, 0]);
    const written = tree(join(folder, 'apps/manifests'));
    expect(Object.keys(written).length).toBeGreaterThan(40);
    expect(tree(output)).toEqual(written);
    expect(existsSync(join(folder, '.argosy'))).toBe(false);
  });
});
