import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findIdentity, isRunning } from '../../../lib/local/identity';
import { findRun, openState } from '../../../lib/local/state';
import { failure, folder, startOwner } from './fakes';

/** A process that is nobody's part. */
function stranger() {
  const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return findIdentity(child.pid ?? 0) ?? { pid: 0, started: '' };
}

function leaveRun(path: string, part: { pid: number; started: string }): void {
  mkdirSync(path, { recursive: true });
  const owner = { pid: 999_999_999, started: 'long ago' };
  const parts = [{ part: 'etcd', program: '/bin/sleep', ...part }];
  const record = { version: 1, run: 'r', owner, since: '2026-01-01T00:00:00.000Z', ports: {}, parts };
  writeFileSync(join(path, 'run.json'), JSON.stringify(record));
  writeFileSync(join(path, 'lock'), JSON.stringify({ ...owner, since: record.since }));
}

describe('a state folder', () => {
  it('is private, and gives back nothing that holds a secret', async () => {
    const path = join(folder(), 'deep/er');
    const state = await openState(path);
    for (const each of [state.path, state.credentials, state.home, state.tmp])
      expect(statSync(each).mode & 0o777).toBe(0o700);
    for (const each of ['lock', 'run.json']) expect(statSync(join(path, each)).mode & 0o777).toBe(0o600);
    writeFileSync(join(state.credentials, 'token'), 'secret');
    writeFileSync(state.kubeconfig, 'secret');
    await state.close();
    await state.close();
    expect(readdirSync(path).sort()).toEqual(['home', 'logs']);
  });

  it('keeps the data of etcd, unless a fresh start is asked for', async () => {
    const path = folder();
    const data = join(path, 'etcd/member');
    mkdirSync(data, { recursive: true });
    await (await openState(path)).close();
    expect(existsSync(data)).toBe(true);
    await (await openState(path, { fresh: true })).close();
    expect(existsSync(data)).toBe(false);
  });

  it('that another argosy has taken, because it was removed meanwhile, is left to that one', async () => {
    const path = folder();
    const state = await openState(path);
    const other = { ...stranger(), since: '2026-01-01T00:00:00.000Z' };
    rmSync(path, { recursive: true });
    leaveRun(path, other);
    writeFileSync(join(path, 'lock'), JSON.stringify(other));
    const files = () => readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]);
    const before = files();
    expect(() => state.recordParts([])).toThrow('state-unusable');
    await state.close();
    expect(files()).toEqual(before);
    expect(isRunning(other)).toBe(true);
  });

  it('that cannot be prepared is given back', async () => {
    const path = folder();
    writeFileSync(join(path, 'logs'), 'in the way');
    expect((await failure(openState(path))).code).toBe('state-unusable');
    expect(existsSync(join(path, 'lock'))).toBe(false);
  });

  it('whose path is too long for a socket has a private folder elsewhere for them, gone with the run', async () => {
    const near = await openState(folder());
    expect(near.sockets).toBe(near.tmp);
    await near.close();
    const path = join(folder(), 'deep'.repeat(30));
    const state = await openState(path);
    expect(Buffer.byteLength(join(state.sockets, 'ask-pass.sock'))).toBeLessThan(104);
    expect(statSync(state.sockets).mode & 0o777).toBe(0o700);
    expect(findRun(path)?.sockets).toBe(state.sockets);
    writeFileSync(join(state.sockets, 'ask-pass.sock'), '');
    await state.close();
    expect(existsSync(state.sockets)).toBe(false);
  });

  it('that cannot be made is named', async () => {
    const path = folder();
    writeFileSync(join(path, 'file'), '');
    const { code, message } = await failure(openState(join(path, 'file/state')));
    expect(code).toBe('state-unusable');
    expect(message).toContain('file/state');
  });
});

describe('the lock', () => {
  it('refuses a second run and says whose it is, since when, and how to end it', async () => {
    const path = folder();
    const owner = startOwner(path);
    await owner.line('up');
    const { code, message } = await failure(openState(path));
    expect(code).toBe('state-in-use');
    expect(message).toContain(`pid ${owner.pid}, since 20`);
    expect(message).toContain('argosy down');
    owner.process.kill('SIGTERM');
    expect(await owner.exited).toBe(0);
    await (await openState(path)).close();
  });

  it('refuses a second run of the same process', async () => {
    const path = folder();
    const state = await openState(path);
    expect((await failure(openState(path))).code).toBe('state-in-use');
    await state.close();
  });

  it('of a dead process, of a reused pid, or of no sense is set aside', async () => {
    const path = folder();
    const alive = stranger();
    for (const lock of [
      { pid: 999_999_999, started: 'x', since: 'y' },
      { pid: alive.pid, started: 'another time', since: 'y' },
      { pid: 'none' },
    ]) {
      writeFileSync(join(path, 'lock'), JSON.stringify(lock));
      await (await openState(path)).close();
    }
    writeFileSync(join(path, 'lock'), '{"pid": 1');
    await (await openState(path)).close();
    expect(isRunning(alive)).toBe(true);
  });

  it('goes to exactly one of many that come at once upon a stale one', async () => {
    const path = folder();
    writeFileSync(join(path, 'lock'), JSON.stringify({ pid: 999_999_999, started: 'x', since: 'y' }));
    const owners = Array.from({ length: 6 }, () => startOwner(path, 'lock'));
    await Promise.all(owners.map(({ exited }) => exited));
    const told = owners.map(({ lines }) => lines[0] ?? '');
    // A late one may come after the first has given it back: what counts is that none shared it.
    expect(told.filter((line) => line === 'open').length).toBeGreaterThanOrEqual(1);
    expect(told.every((line) => line === 'open' || line.startsWith('refused state-in-use'))).toBe(true);
    expect(existsSync(join(path, 'lock'))).toBe(false);
  }, 20_000);
});

describe('what a killed run left', () => {
  it('is its folder for sockets, too, and no folder that a record merely names', async () => {
    const path = folder();
    const sockets = mkdtempSync(join(tmpdir(), 'argosy-'));
    const strange = mkdtempSync(join(folder(), 'argosy-'));
    for (const [named, left] of [
      [sockets, false],
      [strange, true],
      [dirname(strange), true],
    ] as const) {
      leaveRun(path, { pid: 999_999_999, started: 'x' });
      const record = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'));
      writeFileSync(join(path, 'run.json'), JSON.stringify({ ...record, sockets: named }));
      await (await openState(path)).close();
      expect(existsSync(named)).toBe(left);
    }
  });

  it('is ended when it still is that process', async () => {
    const path = folder();
    const part = stranger();
    leaveRun(path, part);
    const state = await openState(path);
    expect(isRunning(part)).toBe(false);
    expect(findRun(path)?.parts).toEqual([]);
    await state.close();
  });

  it('is left alone when its pid now is another process', async () => {
    const path = folder();
    const other = stranger();
    leaveRun(path, { pid: other.pid, started: 'another time' });
    await (await openState(path)).close();
    expect(isRunning(other)).toBe(true);
  });

  it('is forgotten when its record is broken', async () => {
    const path = folder();
    writeFileSync(join(path, 'run.json'), '{"version": 1, "par');
    const state = await openState(path);
    expect(JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'))).toMatchObject({
      version: 1,
      run: state.run,
      parts: [],
    });
    await state.close();
  });
});
