import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ArgosyError } from '../../lib/kube';
import type { Parts } from '../../lib/local/parts';
import { until } from '../../lib/local/poll';
import { LocalRun, type LocalFleet, type RunOptions } from '../../lib/local/run';
import { findRun } from '../../lib/local/state';
import { exists, failure, fakePrograms, folder } from './processes/fakes';

const never = new Promise<never>(() => undefined);

function start(path: string, parts: Parts, more: Partial<RunOptions>): Promise<LocalRun> {
  return LocalRun.start({
    cluster: 'staging',
    folder: join(path, 'state'),
    parts,
    program: join(path, 'infra', 'index.ts'),
    engine: 'pulumi',
    render: () => never,
    ...more,
  });
}

/** Pids of the parts once two of them run. */
async function running(path: string): Promise<readonly number[]> {
  const parts = () => findRun(join(path, 'state'))?.parts ?? [];
  await until(() => parts().length >= 2, { deadline: 5000 });
  return parts().map(({ pid }) => pid);
}

function expectEnded(path: string, pids: readonly number[]): void {
  expect(pids.length).toBeGreaterThanOrEqual(2);
  expect(pids.filter(exists)).toEqual([]);
  expect(existsSync(join(path, 'state', 'lock'))).toBe(false);
}

describe('a run that starts', () => {
  it('tells a mistake of the program at once, though the control plane never comes up', async () => {
    const path = folder();
    let pids: readonly number[] = [];
    const render = async () => {
      pids = await running(path);
      throw new ArgosyError({ code: 'program-error', what: 'a mistake', why: '', fix: '' });
    };
    expect((await failure(start(path, fakePrograms(path), { render }))).code).toBe('program-error');
    expectEnded(path, pids);
  });

  it('notices a part that dies while the fleet is still rendered, and writes nothing after that', async () => {
    const path = folder();
    let pids: readonly number[] = [];
    let late: (fleet: LocalFleet) => void = () => undefined;
    const told: string[] = [];
    const render = async (_: string, signal?: AbortSignal) => {
      pids = await running(path);
      signal?.addEventListener('abort', () => told.push((signal.reason as ArgosyError).code));
      process.kill(pids[0]!, 'SIGKILL');
      return new Promise<LocalFleet>((resolve) => (late = resolve));
    };
    const { code, message } = await failure(start(path, fakePrograms(path), { render }));
    expect([code, message]).toEqual(['part-died', expect.stringContaining('etcd was ended by SIGKILL')]);
    expect(told).toEqual(['part-died']);
    expectEnded(path, pids);
    late(fleetOf('1'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(readdirSync(join(path, 'state', 'repository'))).toEqual(['.git']);
  });

  it('is broken off while the fleet is still rendered', async () => {
    const path = folder();
    const control = new AbortController();
    const started = start(path, fakePrograms(path), { signal: control.signal });
    const ended = expect(started).rejects.toThrow('enough');
    const pids = await running(path);
    control.abort(new Error('enough'));
    await ended;
    expectEnded(path, pids);
  });
});

/** A fleet whose Argo CD has so many status processors. */
function fleetOf(processors: string): LocalFleet {
  return {
    cluster: { name: processors },
    plan: { namespace: 'argocd' },
    settings: { params: { 'controller.status.processors': processors }, cm: {}, rbac: {} },
    path: 'manifests',
    branch: 'main',
    files: [{ path: 'a.yaml', text: processors }],
  } as unknown as LocalFleet;
}

/** A run past its start, without the processes. */
function pastStart(options: { render: () => Promise<LocalFleet>; commit: () => Promise<string>; parts?: object }) {
  const plane = { server: 'https://127.0.0.1:1', token: '', caFile: __filename, kubeconfig: '' };
  const repository = { url: 'file:///repository', publish: options.commit };
  const make = LocalRun as unknown as new (...values: readonly unknown[]) => LocalRun;
  return new make(options, {}, plane, repository, fleetOf('1'));
}

describe('a run', () => {
  it('is of the fleet that was committed last, and says what of it waits for the next start', async () => {
    let commit = async () => 'abc';
    let rendered = fleetOf('2');
    const run = pastStart({ render: async () => rendered, commit: () => commit() });
    expect(run.pendingSettings).toEqual([]);
    expect(await run.publish('')).toBe('abc');
    expect([run.cluster.name, run.pendingSettings]).toEqual(['2', ['controller.status.processors']]);
    commit = async () => Promise.reject(new Error('the disk is full'));
    rendered = fleetOf('1');
    await expect(run.publish('')).rejects.toThrow('the disk is full');
    expect([run.cluster.name, run.pendingSettings]).toEqual(['2', ['controller.status.processors']]);
    commit = async () => 'def';
    await run.publish('');
    expect([run.cluster.name, run.pendingSettings]).toEqual(['1', []]);
  });

  it('hands on what was noted of its programs', () => {
    const sources = [{ name: 'etcd' }, { name: 'argocd', note: 'serves metrics on every interface' }];
    const run = pastStart({ render: () => never, commit: async () => '', parts: { sources } });
    expect(run.notes).toEqual(['argocd: serves metrics on every interface']);
  });
});
