import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isCode, isRunning } from './identity';
import { findHolder } from './lock';
import { until } from './poll';
import { endLeftovers, findRun } from './state';

/** What `downState` found and did. */
export interface DownResult {
  readonly folder: string;
  /** `none`: no argosy ran there. `stopped`: it ended when asked. `killed`: it did not, and was ended. */
  readonly owner: 'none' | 'stopped' | 'killed';
  readonly pid?: number;
  /** Parts that had been left running and were ended here. */
  readonly parts: readonly string[];
}

/**
 * Ends what runs in a state folder: asks the argosy that owns it to stop, waits, and after
 * `patience` ends it; then ends the parts that are left. Says `none` of a folder where nothing
 * runs, or that is not there. An owner that is this very process is left to stop itself.
 */
export async function downState(folder: string, { patience = 15_000 } = {}): Promise<DownResult> {
  const path = resolve(folder);
  const holder = findHolder(path);
  if (!holder || holder.pid === process.pid) {
    const parts = holder ? [] : await endLeftovers(path);
    if (!holder) forget(path);
    return { folder: path, owner: 'none', parts };
  }
  ask(holder.pid);
  const ended = await until(() => !isRunning(holder), { deadline: patience, interval: 25 });
  if (!ended && isRunning(holder)) process.kill(holder.pid, 'SIGKILL');
  await until(() => !isRunning(holder), { deadline: 2000, interval: 10 });
  const parts = await endLeftovers(path);
  forget(path);
  return { folder: path, owner: ended ? 'stopped' : 'killed', pid: holder.pid, parts };
}

function ask(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if (!isCode(error, 'ESRCH')) throw error; // it ended meanwhile, which is what was asked
  }
}

/** Removes what a run that could not clean up has left, its secrets included. */
function forget(path: string): void {
  if (findRun(path)?.parts.some(isRunning)) return;
  for (const name of ['lock', 'run.json', 'kubeconfig', 'credentials', 'tmp']) {
    rmSync(join(path, name), { recursive: true, force: true });
  }
}
