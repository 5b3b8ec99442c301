import { type ChildProcess, spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Ends the process when it takes longer. @default - no limit */
  readonly timeoutMs?: number;
  /** Also end the process when this one is killed without a chance to say so. @default false */
  readonly guarded?: boolean;
  readonly onErrorLine?: (line: string) => void;
}

export interface RunResult {
  /** 0 is success; undefined when it did not start, was killed or took too long. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why there is no code. */
  readonly failure?: string;
}

const kept = 4 * 1024 * 1024;

/**
 * Runs a program to its end, without a shell, in a process group of its own. On abort and on timeout
 * the whole group is killed, and the promise settles only when it is gone. It never rejects: how a
 * program failed is a result.
 */
export function run(file: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    let line = '';
    let failure: string | undefined;
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const guard = options.guarded && child.pid !== undefined ? guardGroup(child.pid) : undefined;
    const end = (why: string) => {
      failure ??= why;
      killGroup(child);
    };
    const onAbort = () => end('interrupted');
    options.signal?.addEventListener('abort', onAbort, { once: true });
    if (options.signal?.aborted) onAbort();
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => end(`no answer in ${options.timeoutMs} ms`), options.timeoutMs);

    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-kept);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-kept);
      const lines = (line + text).split('\n');
      line = lines.pop()!.slice(-kept);
      for (const each of lines) options.onErrorLine?.(each);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      failure ??= error.code ?? error.message;
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      guard?.kill('SIGKILL');
      if (line) options.onErrorLine?.(line);
      if (signal) failure ??= `ended by ${signal}`;
      const ended = failure === undefined && code !== null;
      resolve({ code: ended ? code : undefined, stdout, stderr, ...(failure === undefined ? {} : { failure }) });
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * A shell that waits for the end of a pipe which only this process holds: when we die, even by
 * SIGKILL, the pipe closes and it kills the group.
 */
function guardGroup(group: number): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -s KILL -- "-$1"', 'sh', String(group)], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => undefined); // without a shell there is no guard, and the build goes on
  guard.stdin?.on('error', () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return guard;
}

/** A line of foreign output made fit to print: no control characters, no credentials of a URL. */
export function printable(line: string): string {
  return line
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
    .replace(/(\w+:\/\/)[^/\s]*@/g, '$1***@')
    .trimEnd()
    .slice(0, 400);
}
