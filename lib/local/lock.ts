import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArgosyError } from '../kube/error';
import { findIdentity, isCode, isRunning } from './identity';
import type { ProcessIdentity } from './identity';

interface Holder extends ProcessIdentity {
  readonly since: string;
}

/**
 * Takes the folder's lock for this process, or throws `state-in-use`. The lock is a file that
 * names its holder; it appears with its content in one step (link(2)), and one whose holder is
 * gone, or whose pid now is another process, is set aside.
 */
export function takeLock(folder: string): ProcessIdentity {
  const self = findIdentity(process.pid) ?? { pid: process.pid, started: 'unknown' };
  const lock = join(folder, 'lock');
  const draft = `${lock}.${process.pid}`;
  const content = JSON.stringify({ ...self, since: new Date().toISOString() } satisfies Holder);
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    for (;;) {
      try {
        linkSync(draft, lock);
        return self;
      } catch (error) {
        if (!isCode(error, 'EEXIST')) throw error;
      }
      const seen = readIfThere(lock);
      if (seen === undefined) continue;
      const holder = parse(seen);
      if (holder && isRunning(holder)) throw inUse(folder, holder);
      setAside(lock, seen);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Gives the lock back, if it still is this process's. */
export function releaseLock(folder: string, owner: ProcessIdentity): void {
  const lock = join(folder, 'lock');
  const holder = parse(readIfThere(lock) ?? '');
  if (holder && isSame(holder, owner)) rmSync(lock, { force: true });
}

/** Whether another process that still runs holds the lock: the folder was removed, say, and made anew. */
export function isTaken(folder: string, owner: ProcessIdentity): boolean {
  const holder = parse(readIfThere(join(folder, 'lock')) ?? '');
  return holder !== undefined && !isSame(holder, owner) && isRunning(holder);
}

/** Who holds the folder's lock and still runs. */
export function findHolder(folder: string): Holder | undefined {
  const holder = parse(readIfThere(join(folder, 'lock')) ?? '');
  return holder && isRunning(holder) ? holder : undefined;
}

/** Removes a stale lock. Another run may have replaced it meanwhile: then that one is put back. */
function setAside(lock: string, stale: string): void {
  const aside = `${lock}.stale.${process.pid}`;
  try {
    renameSync(lock, aside);
    if (readFileSync(aside, 'utf8') !== stale) linkSync(aside, lock);
  } catch (error) {
    if (!isCode(error, 'ENOENT') && !isCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function isSame(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return one.pid === other.pid && one.started === other.started;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** A lock that does not parse was never completed, or is not ours: it holds nothing. */
function parse(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder>;
    const { pid, started, since } = value;
    return typeof pid === 'number' && typeof started === 'string' && typeof since === 'string'
      ? { pid, started, since }
      : undefined;
  } catch {
    return undefined;
  }
}

function inUse(folder: string, { pid, since }: Holder): ArgosyError {
  return new ArgosyError({
    code: 'state-in-use',
    where: { location: folder },
    what: `this state folder is in use by argosy, pid ${pid}, since ${since}`,
    why: 'one folder holds one running cluster',
    fix: 'end it with `argosy down`, or run another cluster in another folder',
  });
}
