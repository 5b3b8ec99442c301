import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { until } from './poll';

/**
 * A process that was once ours. Pids are reused, so a pid alone never decides whom a signal
 * reaches: the moment the process started must be the recorded one.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the operating system tells it; opaque, compared for equality. */
  readonly started: string;
}

/** When the process of this pid started, or undefined when there is none (a zombie is none). */
export function startOf(pid: number): string | undefined {
  return process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
}

export function findIdentity(pid: number): ProcessIdentity | undefined {
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether this very process still runs. */
export function isRunning({ pid, started }: ProcessIdentity): boolean {
  return startOf(pid) === started;
}

/**
 * Sends a signal to the process group that `pid` leads, as every part does; a group that is gone is
 * no error. Never to the bare pid: once the leader was reaped, that may be anybody's.
 */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (pid <= 1) return; // 0 would be our own group, -1 everything
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: no such group, or gone. EPERM: macOS says so for zombies.
    if (!isCode(error, 'ESRCH') && !isCode(error, 'EPERM')) throw error;
  }
}

/** Ends this very process and its group: SIGTERM, then SIGKILL after the grace. False when it was not running. */
export async function endProcess(identity: ProcessIdentity, grace = 1000): Promise<boolean> {
  if (!isRunning(identity)) return false;
  signalGroup(identity.pid, 'SIGTERM');
  if (await until(() => !isRunning(identity), { deadline: grace, interval: 10 })) return true;
  if (isRunning(identity)) signalGroup(identity.pid, 'SIGKILL');
  await until(() => !isRunning(identity), { deadline: 2000, interval: 10 });
  return true;
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

let boot: string | undefined;

/** `boot id : ticks since boot` (proc(5), field 22 of stat, counted behind the name's last parenthesis). */
function startOnLinux(pid: number): string | undefined {
  try {
    boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], fields[19]];
    return state === undefined || 'ZXx'.includes(state) ? undefined : `${boot}:${ticks}`;
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ESRCH')) return undefined;
    throw error;
  }
}

function startByPs(pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return text === '' || text.startsWith('Z') ? undefined : text.replace(/^\S+\s+/, '');
  } catch {
    return undefined; // ps exits 1 when no such process is there
  }
}
