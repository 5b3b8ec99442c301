import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ArgosyError } from '../kube/error';
import { isCode, isRunning } from './identity';
import { findHolder, releaseLock, takeLock } from './lock';
import { until } from './poll';
import { endLeftovers, findRun, forgetRun, usable } from './state';

/** What `downState` found and did. */
export interface DownResult {
  readonly folder: string;
  /** `none`: no argosy ran there. `stopped`: it ended when asked. `killed`: it did not, and was ended. */
  readonly owner: 'none' | 'stopped' | 'killed';
  readonly pid?: number;
  /** Parts that had been left running and were ended here. */
  readonly parts: readonly string[];
  /** Pid of an argosy that has taken the folder meanwhile, or could not be ended: what is there is left to it. */
  readonly heldBy?: number;
}

/**
 * Ends what runs in a state folder: asks the argosy that owns it to stop, waits, and after
 * `patience` ends it; then, with the lock in hand, ends the parts that are left and removes what
 * their run could not. Says `none` of a folder where nothing runs, or that is not there. An owner
 * that is this very process is left to stop itself.
 */
export async function downState(folder: string, { patience = 15_000 } = {}): Promise<DownResult> {
  const path = resolve(folder);
  const holder = findHolder(path);
  if (!holder) return { folder: path, owner: 'none', ...(await cleanUp(path)) };
  if (holder.pid === process.pid) return { folder: path, owner: 'none', parts: [] };
  send(holder.pid, 'SIGTERM');
  const ended = await until(() => !isRunning(holder), { deadline: patience, interval: 25 });
  if (!ended && isRunning(holder)) send(holder.pid, 'SIGKILL');
  await until(() => !isRunning(holder), { deadline: 2000, interval: 10 });
  return { folder: path, owner: ended ? 'stopped' : 'killed', pid: holder.pid, ...(await cleanUp(path)) };
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!isCode(error, 'ESRCH')) throw error; // it ended meanwhile, which is what was wanted
  }
}

/** Ends the parts of a run whose owner is gone, and removes what it has left, unless the folder has a new owner. */
async function cleanUp(path: string): Promise<Pick<DownResult, 'parts' | 'heldBy'>> {
  if (!existsSync(path)) return { parts: [] };
  let owner;
  try {
    owner = usable(path, () => takeLock(path));
  } catch (error) {
    if (!(error instanceof ArgosyError) || error.code !== 'state-in-use') throw error;
    const pid = findHolder(path)?.pid;
    return { parts: [], ...(pid !== undefined && { heldBy: pid }) };
  }
  try {
    const parts = await endLeftovers(path);
    if (!findRun(path)?.parts.some(isRunning)) usable(path, () => forgetRun(path));
    return { parts };
  } finally {
    releaseLock(path, owner);
  }
}
