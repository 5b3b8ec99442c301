import { spawn } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { downState } from '../../../lib/local/down';
import { findIdentity, isRunning, startOf } from '../../../lib/local/identity';
import { until } from '../../../lib/local/poll';
import { openState } from '../../../lib/local/state';
import { folder, startOwner } from './fakes';

describe('down', () => {
  it('does nothing where nothing runs, and makes no folder', async () => {
    const path = join(folder(), 'none');
    expect(await downState(path)).toEqual({ folder: path, owner: 'none', parts: [] });
    expect(existsSync(path)).toBe(false);
  });

  it('asks the owner to stop, and waits until it has', async () => {
    const path = folder();
    const owner = startOwner(path);
    await owner.line('up');
    const pids = (await owner.line('parts')).split(' ').map(Number);
    expect(await downState(path)).toEqual({ folder: path, owner: 'stopped', pid: owner.pid, parts: [] });
    expect(await owner.exited).toBe(0);
    expect(pids.some((pid) => startOf(pid) !== undefined)).toBe(false);
    expect(await downState(path)).toEqual({ folder: path, owner: 'none', parts: [] });
  });

  it('ends an owner that does not stop, and its parts', async () => {
    const path = folder();
    const owner = startOwner(path, 'stubborn');
    await owner.line('up');
    const pids = (await owner.line('parts')).split(' ').map(Number);
    const result = await downState(path, { patience: 200 });
    expect(result).toMatchObject({ owner: 'killed', pid: owner.pid });
    expect(pids.some((pid) => startOf(pid) !== undefined)).toBe(false);
    expect(readdirSync(path).sort()).toEqual(['home', 'logs']);
  });

  it('ends parts whose owner and watchdog were killed', async () => {
    const path = folder();
    const owner = startOwner(path);
    await owner.line('up');
    process.kill(Number(await owner.line('watchdog')), 'SIGKILL');
    owner.process.kill('SIGKILL');
    await owner.exited;
    const result = await downState(path);
    expect(result.owner).toBe('none');
    expect([...result.parts].sort()).toEqual(['deaf', 'parent', 'plain']);
  });

  it('leaves the folder to an argosy that takes it the moment the first is gone', async () => {
    const path = folder();
    const start = (script: string) => {
      const child = spawn('/bin/sh', ['-c', script], { cwd: path, stdio: 'ignore', detached: true });
      onTestFinished(() => void child.kill('SIGKILL'));
      return { ...findIdentity(child.pid ?? 0)!, since: 'now' };
    };
    const next = start('exec sleep 1000');
    const owner = start(`trap 'mv next lock; exit 0' TERM; touch up; while :; do sleep 0.02; done`);
    await until(() => existsSync(join(path, 'up')), { deadline: 2000 });
    writeFileSync(join(path, 'lock'), JSON.stringify(owner));
    writeFileSync(join(path, 'next'), JSON.stringify(next));
    const parts = [{ part: 'etcd', program: '/bin/sleep', ...next }];
    writeFileSync(join(path, 'run.json'), JSON.stringify({ version: 1, run: 'r', owner: next, ports: {}, parts }));
    expect(await downState(path)).toEqual({
      folder: path,
      owner: 'stopped',
      pid: owner.pid,
      parts: [],
      heldBy: next.pid,
    });
    expect(isRunning(next)).toBe(true);
    expect(readdirSync(path).sort()).toEqual(['lock', 'run.json', 'up']);
  });

  it('takes an owner that ends just before it is killed for ended', async () => {
    const path = folder();
    const owner = startOwner(path, 'stubborn');
    await owner.line('up');
    const kill = process.kill.bind(process);
    const spy = vi.spyOn(process, 'kill').mockImplementation((pid, signal) => {
      kill(pid, signal);
      if (pid === owner.pid && signal === 'SIGKILL') throw Object.assign(new Error('gone'), { code: 'ESRCH' });
      return true;
    });
    onTestFinished(() => spy.mockRestore());
    expect(await downState(path, { patience: 50 })).toMatchObject({ owner: 'killed', pid: owner.pid });
  });

  it('leaves a folder that this very process holds', async () => {
    const path = folder();
    const state = await openState(path);
    expect(await downState(path)).toEqual({ folder: path, owner: 'none', parts: [] });
    await expect(openState(path)).rejects.toThrow('state-in-use');
    await state.close();
  });
});
