import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { bring } from './bring';
import { readCache } from './cache';
import { cacheUnusable, makePlace } from './cache-folder';
import { findCached, type Found, partNames, survey } from './find';
import { withLock } from './lock';
import type { PartName } from './pins';
import { heartbeat } from './progress';
import { cacheOf, type Setting } from './setting';

/** Every part, from the first way that has it: what is here, else under the lock what can be brought. */
export async function acquire(given: Setting): Promise<ReadonlyMap<PartName, Found>> {
  const { signal, timeouts } = given;
  const { report, stop } = heartbeat(given.report, timeouts.beatMs);
  const setting = { ...given, report };
  const folder = cacheOf(setting);
  try {
    report({ phase: 'find', message: 'looking for the parts' });
    const { found, attempts } = await survey({ env: given.env, folder, versionMs: timeouts.versionMs, signal });
    if (found.size === partNames.length) return found;

    await makePlace(given.place, folder);
    const onWait = (pid: number) => report({ phase: 'find', message: `waiting for process ${pid}, which gets them` });
    return await withLock(`${folder}.lock`, { pollMs: timeouts.pollMs, signal, onWait }, async () => {
      const known = await recall(found, folder); // Whoever had the lock before may have brought them.
      if (known.size === partNames.length) return known;
      return inStage(folder, (stage) => bring(known, [...attempts], stage, setting));
    });
  } finally {
    stop();
  }
}

async function recall(found: ReadonlyMap<PartName, Found>, folder: string): Promise<ReadonlyMap<PartName, Found>> {
  const cached = await readCache(folder);
  const rest = partNames.filter((part) => !found.has(part)).map((part) => findCached(part, cached, folder));
  return new Map([...found.values(), ...rest].filter((one) => one !== undefined).map((one) => [one.part, one]));
}

/** Runs `work` with a temporary folder beside the cache, and removes it, with those that killed processes left. */
async function inStage<T>(folder: string, work: (stage: string) => Promise<T>): Promise<T> {
  const parent = dirname(folder);
  const host = hostname().replace(/[^\w-]/g, '-');
  let stage: string;
  try {
    for (const name of await readdir(parent)) {
      const [, owner, pid] = /^\.stage\.([\w-]+)\.(\d+)\./.exec(name) ?? [];
      if (owner === host && !isAlive(Number(pid))) await remove(join(parent, name));
    }
    stage = await mkdtemp(join(parent, `.stage.${host}.${process.pid}.`));
  } catch (error) {
    throw cacheUnusable(parent, error);
  }
  try {
    return await work(stage);
  } finally {
    await remove(stage);
  }
}

async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
