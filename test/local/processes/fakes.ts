import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startOf } from '../../../lib/local/identity';
import type { Parts } from '../../../lib/local/parts';
import type { PartSpec } from '../../../lib/local/supervisor';

/** A folder of its own for one test, with a space and a letter beyond ASCII in its path. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'argosy té st-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Whether a process of this pid is there, and no zombie. */
export function exists(pid: number): boolean {
  return startOf(pid) !== undefined;
}

/** A shell script as a program in a folder. */
export function program(path: string, name: string, script: string): string {
  const file = join(path, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o700 });
  return file;
}

/** Programs that start and never serve; etcd may be another script. */
export function fakePrograms(path: string, etcd = 'exec sleep 1000'): Parts {
  const idle = program(path, 'idle', 'exec sleep 1000');
  return {
    etcd: program(path, 'etcd', etcd),
    kubeApiserver: idle,
    kubeControllerManager: idle,
    kubeScheduler: idle,
    kwok: idle,
    argocd: idle,
    redis: { program: idle, flavour: 'built' },
    argocdFiles: path,
    sources: [],
  };
}

/** A part that is a shell script; ready once it has printed a line. */
export function fakePart(part: string, script: string, more: Partial<PartSpec> = {}): PartSpec {
  return { part, program: '/bin/sh', args: ['-c', script], env: { PATH: '/usr/bin:/bin' }, level: 1, ...more };
}

/** A process of the test's own that runs `fixtures/owner.ts`, and what it printed so far. */
export interface Owner {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly lines: string[];
  readonly exited: Promise<number | null>;
  /** Waits for a line that starts so, and returns the rest of it. */
  line(start: string): Promise<string>;
}

export function startOwner(...args: readonly string[]): Owner {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'fixtures/owner.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  let rest = '';
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString('utf8')).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    for (const look of waiting) look();
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  onTestFinished(() => void child.kill('SIGKILL'));
  const line = (start: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = lines.find((each) => each.startsWith(start));
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found.slice(start.length).trim());
      };
      waiting.add(look);
      void exited.then(() =>
        setImmediate(() => reject(new Error(`the owner ended before "${start}": ${lines.join('\n')}`))),
      );
      look();
    });
  return { process: child, pid: child.pid ?? 0, lines, exited, line };
}

/** The report of the ArgosyError that the promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  return promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: Error & { code?: unknown }) => ({
      code: typeof error.code === 'string' ? error.code : error.name,
      message: error.message,
    }),
  );
}
