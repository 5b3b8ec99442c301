import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { cacheUnusable } from './cache-folder';

interface Holder {
  readonly pid: number;
  /** When the process started, in the kernel's words: a reused pid has another one. */
  readonly started: string;
  readonly host: string;
  readonly token: string;
}

export interface LockOptions {
  readonly pollMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called once when another process has the lock. */
  readonly onWait?: (pid: number) => void;
}

const touchMs = 5000;
const forgottenMs = 60_000;

/**
 * Runs `work` while holding the lock file. The lock of a dead process is broken, that of a process on
 * another machine or in another container when nobody has touched it for a minute.
 *
 * It saves double work and no more: the cache is right without it, because files are renamed into
 * place and checked against a manifest. So the one gap that a lock of plain files has, two waiters
 * that break the same stale lock at the same instant, costs time and nothing else.
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const self: Holder = {
    pid: process.pid,
    started: await startOf(process.pid),
    host: hostname(),
    token: randomUUID(),
  };
  let told = false;
  while (!(await take(file, self))) {
    options.signal?.throwIfAborted();
    const holder = await holderOf(file);
    if (holder && (await isStale(file, holder))) {
      await breakLock(file, holder);
    } else {
      if (holder && !told) options.onWait?.(holder.pid);
      told ||= holder !== undefined;
      await wait(options.pollMs, undefined, { signal: options.signal }).catch(() => options.signal?.throwIfAborted());
    }
  }
  const touch = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), touchMs);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    if ((await holderOf(file))?.token === self.token) await unlink(file).catch(() => undefined);
  }
}

/** Linking a complete file into place is atomic and fails when there is one: no lock is ever seen half written. */
async function take(file: string, self: Holder): Promise<boolean> {
  const draft = `${file}.${self.token}`;
  try {
    await writeFile(draft, JSON.stringify(self), { flag: 'wx' });
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cacheUnusable(file, error);
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}

async function holderOf(file: string): Promise<Holder | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return undefined; // It has just been given back.
  }
  const nobody = { pid: 0, started: '', host: hostname(), token: '' };
  try {
    return { ...nobody, ...(JSON.parse(text) as Partial<Holder>) };
  } catch {
    return nobody; // Torn by a crash of the machine: no process is behind it.
  }
}

async function isStale(file: string, holder: Holder): Promise<boolean> {
  if (holder.host === hostname()) return (await startOf(holder.pid)) !== holder.started || holder.pid <= 0;
  const touched = await stat(file).then(
    (stats) => stats.mtimeMs,
    () => Date.now(),
  );
  return Date.now() - touched > forgottenMs;
}

/** Takes the stale lock away; a fresh one that came in between is put back. */
async function breakLock(file: string, stale: Holder): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return; // Someone else broke it.
  }
  if ((await holderOf(aside))?.token !== stale.token) await link(aside, file).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
}

/** When a process started; '' when there is no such process. */
async function startOf(pid: number): Promise<string> {
  if (pid <= 0) return '';
  if (process.platform === 'linux') {
    // Field 22 of /proc/<pid>/stat; the second field is a name in brackets that may hold spaces.
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || text === '' ? '' : (fields[19] ?? '');
  }
  return new Promise((resolve) => {
    execFile('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], { env: { LC_ALL: 'C' } }, (error, out) =>
      resolve(error ? '' : out.trim()),
    );
  });
}
