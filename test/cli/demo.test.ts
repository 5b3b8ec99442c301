import { execFileSync } from 'node:child_process';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentOf, program, project, run, top, write } from './cli';

/** A machine with Node and Git, an empty cache, and a network that answers nothing. */
async function bareMachine(): Promise<{ env: NodeJS.ProcessEnv; dispose(): void }> {
  const bin = mkdtempSync(join(tmpdir(), 'argosy-bin-'));
  symlinkSync(process.execPath, join(bin, 'node'));
  symlinkSync(execFileSync('/bin/sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim(), join(bin, 'git'));
  const proxy = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await new Promise((resolve) => proxy.once('listening', resolve));
  const url = `http://127.0.0.1:${(proxy.address() as { port: number }).port}`;
  const env = { PATH: bin, ARGOSY_CACHE: join(bin, 'cache'), HOME: bin, HTTPS_PROXY: url, HTTP_PROXY: url };
  return { env, dispose: () => proxy.close() };
}

describe('argosy demo without Go and without a network', () => {
  it('prints its first half, then why the second half is not, and the ways that remain', async () => {
    const machine = await bareMachine();
    const entry = { fleet: join(top, 'apps/fleet.ts'), infra: join(top, 'infra/index.ts') };
    try {
      const folder = project({}, entry);
      const begin = performance.now();
      const { code, stdout, stderr } = await run(folder, ['demo'], machine.env);
      expect(performance.now() - begin).toBeLessThan(20_000);
      expect(code).toBe(2);
      expect(stdout).toMatch(/^staging: 7 applications, \d+ objects\n {2}wave /);
      expect(stdout).toContain('checked: nothing that Argo CD would refuse, drop or fight over\n');
      expect(stderr).toMatch(/✓ rendered and checked in [\d.]+ s, without a cluster\n/);
      expect(stderr).toMatch(/^parts-unavailable: /m);
      expect(stderr).toMatch(/\n {2}fix: .*\bgo\b/i);
      expect(stderr).not.toContain('unexpected');

      const json = documentOf(await run(folder, ['demo', '--json'], machine.env));
      expect(json).toMatchObject({ version: 1, cluster: 'staging', findings: [], steps: [] });
      expect(json.errors.map((error: { code: string }) => error.code)).toEqual(['parts-unavailable']);
    } finally {
      machine.dispose();
    }
  });

  it('tells a mistake in the program at once', async () => {
    const machine = await bareMachine();
    try {
      const folder = project({ 'fleet.ts': program("throw new RangeError('mine');"), 'infra/index.ts': '' });
      const { code, stdout, stderr } = await run(folder, ['demo'], machine.env);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^program-error: mine\n {2}at: {2}fleet\.ts:14:7\n/m);
      write(folder, { 'fleet.ts': program() });
      const none = await run(folder, ['up', '--cluster', 'nope', '--json'], machine.env);
      expect([none.code, documentOf(none)]).toMatchObject([2, { errors: [{ code: 'unknown-cluster' }] }]);
    } finally {
      machine.dispose();
    }
  });
});
