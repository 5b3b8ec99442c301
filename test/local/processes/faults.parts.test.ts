import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Api } from '../../../lib/local/api';
import { isRunning, startOf } from '../../../lib/local/identity';
import { startArgoCd } from '../../../lib/local/argocd';
import { startControlPlane } from '../../../lib/local/control-plane';
import { findRun, openState } from '../../../lib/local/state';
import type { ControlPlane } from '../../../lib/local/control-plane';
import { until } from '../../../lib/local/poll';
import { failure } from './fakes';
import { realParts } from './real';

const settings = { params: {}, cm: {} };

function root(): string {
  const path = mkdtempSync(join(tmpdir(), 'argosy faults-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function end({ processes, state }: ControlPlane): Promise<void> {
  await processes.stopAll();
  await state.close();
}

describe('the real parts', { timeout: 60_000 }, () => {
  it('keep what the cluster held for the next run, and run twice side by side', async () => {
    const parts = await realParts();
    const [one, two] = [join(root(), 'one'), join(root(), 'two')];
    const start = async (folder: string) => startControlPlane({ state: await openState(folder), parts, name: 'x' });
    const first = await start(one);
    const api = new Api(first.server, first.token, first.caFile);
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept' }, data: { a: 'b' } };
    await api.apply('/api/v1/namespaces/default/configmaps/kept', object);
    api.close();
    await end(first);
    expect(readdirSync(one).sort()).toEqual(['etcd', 'home', 'logs']);

    const [again, other] = await Promise.all([start(one), start(two)]);
    const kept = new Api(again.server, again.token, again.caFile);
    expect(await kept.find('/api/v1/namespaces/default/configmaps/kept')).toMatchObject({ data: { a: 'b' } });
    const fresh = new Api(other.server, other.token, other.caFile);
    expect(await fresh.find('/api/v1/namespaces/default/configmaps/kept')).toBeUndefined();
    kept.close();
    fresh.close();
    await Promise.all([end(again), end(other)]);
  });

  it('end with an argosy that is killed', async () => {
    const folder = join(root(), 'state');
    const script = `
      const { openState } = require(${JSON.stringify(join(__dirname, '../../../lib/local/state.ts'))});
      const { startControlPlane } = require(${JSON.stringify(join(__dirname, '../../../lib/local/control-plane.ts'))});
      const { realParts } = require(${JSON.stringify(join(__dirname, 'real.ts'))});
      void (async () => {
        const state = await openState(${JSON.stringify(folder)});
        await startControlPlane({ state, parts: await realParts(), name: 'x' });
      })();`;
    const owner = spawn(process.execPath, ['--require', 'tsx/cjs', '-e', script], { stdio: 'inherit' });
    onTestFinished(() => void owner.kill('SIGKILL'));
    // Killed in the midst of the start: as soon as the API server runs.
    await until(() => findRun(folder)?.parts.some(({ part }) => part === 'kube-apiserver'), {
      deadline: 20_000,
      interval: 2,
    });
    const parts = findRun(folder)?.parts ?? [];
    owner.kill('SIGKILL');
    expect(parts.length).toBeGreaterThanOrEqual(2);
    expect(await until(() => !parts.some(isRunning), { deadline: 3000, interval: 5 })).toBe(true);
    await (await openState(folder)).close();
  });

  it('are named when one is killed, whichever', async () => {
    const parts = await realParts();
    const plane = await startControlPlane({ state: await openState(join(root(), 'state')), parts, name: 'x' });
    const died: string[] = [];
    plane.processes.onDied(({ report }) => died.push(report.what));
    // The API server last: without it the others may end by themselves.
    const victims = [...plane.processes.parts].reverse().filter(({ part }) => part !== 'etcd');
    expect(victims.at(-1)?.part).toBe('kube-apiserver');
    for (const { part, pid } of victims) {
      process.kill(pid, 'SIGKILL');
      expect(await until(() => died.includes(`${part} was ended by SIGKILL`), { deadline: 3000 })).toBe(true);
    }
    await end(plane);
  });

  it('are all ended when one cannot start', async () => {
    const parts = await realParts();
    const folder = join(root(), 'state');
    const state = await openState(folder);
    const seen: number[] = [];
    const broken = startControlPlane({
      state,
      parts: { ...parts, kwok: '/bin/false' },
      name: 'x',
      onProgress: () => seen.push(...(findRun(folder)?.parts.map(({ pid }) => pid) ?? [])),
    });
    const { code, message } = await failure(broken);
    expect(code).toBe('part-died');
    expect(message).toContain('kwok ended with exit code 1');
    expect([...new Set(seen)].length).toBeGreaterThanOrEqual(2);
    expect(seen.filter((pid) => startOf(pid) !== undefined)).toEqual([]);
    await state.close();
  });

  it('are given up when asked to while they start', async () => {
    const parts = await realParts();
    const state = await openState(join(root(), 'state'));
    const control = new AbortController();
    const started = startControlPlane({ state, parts, name: 'x', signal: control.signal });
    setTimeout(() => control.abort(new Error('enough')), 500);
    await expect(started).rejects.toThrow('enough');
    expect(findRun(state.path)?.parts).toEqual([]);
    await state.close();
  });

  it('of Argo CD wait for their needs no longer than the control plane runs, and say what is missing', async () => {
    const parts = await realParts();
    const plane = await startControlPlane({ state: await openState(join(root(), 'state')), parts, name: 'x' });
    const waiting = startArgoCd({ controlPlane: plane, parts, namespace: 'argocd', settings, redisPassword: 'secret' });
    const ended = failure(waiting);
    await until(() => plane.processes.parts.some(({ part }) => part === 'argocd-repo-server'), { deadline: 5000 });
    await end(plane);
    expect((await ended).code).toBe('AbortError');
    expect(plane.processes.parts).toEqual([]);
  });

  it('take a redis-server as they take our own', async (context) => {
    const program = process.env['ARGOSY_TEST_REDIS'] ?? '/usr/bin/redis-server';
    if (!existsSync(program)) return context.skip(`SKIPPED: there is no ${program}`);
    const parts = { ...(await realParts()), redis: { program, flavour: 'redis-server' as const } };
    const plane = await startControlPlane({ state: await openState(join(root(), 'state')), parts, name: 'x' });
    const told: string[] = [];
    const ended = failure(
      startArgoCd({
        controlPlane: plane,
        parts,
        namespace: 'argocd',
        settings,
        redisPassword: `a "quoted" \\ one`,
        onProgress: ({ part, state }) => told.push(`${part} ${state}`),
      }),
    );
    // Ready means that it took the password and answered.
    expect(await until(() => told.includes('redis ready'), { deadline: 5000 })).toBe(true);
    const record = plane.processes.parts.find(({ part }) => part === 'redis');
    expect(readFileSync(`/proc/${record?.pid}/cmdline`, 'utf8')).not.toContain('quoted');
    await end(plane);
    await ended;
  });

  it('run in a folder whose path is longer than a socket may be', async () => {
    const parts = await realParts();
    const folder = join(root(), 'a'.repeat(60), 'b'.repeat(60));
    const plane = await startControlPlane({ state: await openState(folder), parts, name: 'x' });
    await end(plane);
  });
});
