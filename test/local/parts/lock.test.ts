import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withLock } from '../../../lib/local/parts/lock';
import { scratch } from './fakes';

const options = { pollMs: 1 };
const lockFile = () => join(scratch(), 'key.lock');

describe('a lock', () => {
  it('lets one work at a time, tells the other whom it waits for, and leaves nothing', async () => {
    const file = lockFile();
    const waited: number[] = [];
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    const onWait = (pid: number) => waited.push(pid);
    await Promise.all(Array.from({ length: 8 }, () => withLock(file, { ...options, onWait }, work)));
    expect(most).toBe(1);
    expect(new Set(waited)).toEqual(new Set([process.pid]));
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });

  it('is given back when the work fails', async () => {
    const file = lockFile();
    await expect(withLock(file, options, () => Promise.reject(new RangeError('no')))).rejects.toThrow('no');
    expect(existsSync(file)).toBe(false);
  });

  const dead = spawnSync('/bin/sh', ['-c', ':']).pid;
  const holder = (changes: object) =>
    JSON.stringify({ pid: dead, started: '1', host: hostname(), token: 't', ...changes });

  it.each([
    ['of a process that is dead', holder({})],
    ['of a process whose number another one has now', holder({ pid: process.pid, started: '1' })],
    ['that a crash of the machine left empty', ''],
  ])('%s is broken', async (_, content) => {
    const file = lockFile();
    writeFileSync(file, content);
    await expect(withLock(file, options, () => Promise.resolve('done'))).resolves.toBe('done');
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });

  it('of another machine holds while it is touched, and is broken when it is forgotten', async () => {
    const file = lockFile();
    writeFileSync(file, holder({ host: 'elsewhere' }));
    const abort = new AbortController();
    const waiting = withLock(file, { ...options, signal: abort.signal, onWait: () => abort.abort() }, () =>
      Promise.resolve('never'),
    );
    await expect(waiting).rejects.toThrow(/abort/i);
    utimesSync(file, 1, 1);
    await expect(withLock(file, options, () => Promise.resolve('done'))).resolves.toBe('done');
  });

  it('that cannot be made is an error', async () => {
    await expect(withLock('/nowhere/key.lock', options, () => Promise.resolve())).rejects.toThrow('cache-unusable');
  });
});
