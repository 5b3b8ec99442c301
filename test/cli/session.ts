import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { until } from '../../lib/local';
import { argosy } from './cli';

/** What a run remembers of itself, as far as the tests read it. */
export interface RunRecord {
  readonly owner: { readonly pid: number };
  readonly ports: Readonly<Record<string, number>>;
  readonly parts: readonly { readonly part: string; readonly pid: number }[];
}

/** A command that stays, in a process group of its own, as a terminal would start it. */
export class Session {
  stdout = '';
  stderr = '';
  readonly pid: number;
  readonly ended: Promise<number | NodeJS.Signals | null>;
  private over = false;

  constructor(
    readonly folder: string,
    args: readonly string[],
  ) {
    const child = spawn(process.execPath, [...argosy, ...args], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.pid = child.pid!;
    child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString('utf8')));
    this.ended = new Promise((resolve) =>
      child.once('close', (code, signal) => {
        this.over = true;
        resolve(code ?? signal);
      }),
    );
  }

  /** Waits until the command has said something, and fails with all it said when it ends or is silent. */
  async says(what: RegExp, stream: 'stdout' | 'stderr' = 'stdout', deadline = 90_000): Promise<RegExpExecArray> {
    const found = await until(() => what.exec(this[stream]) ?? (this.over ? 'over' : undefined), { deadline });
    if (found && found !== 'over') return found;
    throw new RangeError(`it never said ${String(what)}:\n${this.stdout}\n${this.stderr}`);
  }

  /** A signal to the whole group, as Ctrl-C sends it. */
  interrupt(): void {
    process.kill(-this.pid, 'SIGINT');
  }

  /** A signal to argosy alone. */
  kill(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Ends what a failed test has left. */
  async dispose(): Promise<void> {
    if (!this.over) this.kill('SIGTERM');
    await this.ended;
  }
}

export function recordOf(folder: string, cluster: string): RunRecord {
  return JSON.parse(readFileSync(join(folder, '.argosy', cluster, 'run.json'), 'utf8')) as RunRecord;
}

/** Waits until neither a part of a run is alive nor a port of it open; what is left after the deadline is told. */
export async function leftOf(record: RunRecord, deadline = 5_000): Promise<string[]> {
  let left: string[] = [];
  await until(
    async () => {
      const ports = await Promise.all(
        Object.entries(record.ports).map(async ([name, port]) => ((await opens(port)) ? [`${name} on ${port}`] : [])),
      );
      left = [...record.parts.filter(({ pid }) => isAlive(pid)).map(({ part }) => part), ...ports.flat()];
      return left.length === 0;
    },
    { deadline },
  );
  return left;
}

/** Whether a process runs; a zombie does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function opens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
