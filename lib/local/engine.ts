import { fork, type ChildProcess } from 'node:child_process';
import { extname, join } from 'node:path';
import { ArgosyError, type ErrorReport } from '../kube';
import type { EngineAnswer, EngineConnection, EngineRequest } from './engine-child';

/** Told of each resource once it is on the cluster. */
export type OnApplied = (resource: { readonly type: string; readonly name: string }) => void;

/**
 * Runs the bootstrap program in a process of its own: its SDK takes a second and 130 MB to load,
 * and both are gone when it ends. The program begins before there is a cluster, and waits with
 * its first resource until `connect` says where it goes.
 */
export class ProgramEngine {
  private readonly child: ChildProcess;
  private readonly said: string[] = [];
  private readonly finished: Promise<void>;
  private onApplied: OnApplied = () => undefined;

  constructor() {
    this.child = fork(join(__dirname, `engine-child${extname(__filename)}`), [], {
      execArgv: ['--require', require.resolve('tsx/cjs')],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.said.push(chunk.toString('utf8')));
    }
    this.finished = new Promise((resolve, reject) => {
      this.child.on('message', (answer: EngineAnswer) => {
        if ('applied' in answer) this.onApplied(answer.applied);
        else if ('done' in answer) resolve();
        else reject(failureOf(answer.failed));
      });
      this.child.once('exit', () => reject(this.endedEarly()));
      this.child.on('error', (error) => reject(error)); // not started, or gone before it was told something
    });
    this.finished.catch(() => undefined); // told by end
  }

  /** Begins the program. */
  begin(request: EngineRequest): void {
    if (this.child.connected) this.child.send(request);
  }

  /** Says where resources are applied, from now on. */
  connect(connection: EngineConnection, onApplied: OnApplied): void {
    this.onApplied = onApplied;
    if (this.child.connected) this.child.send(connection);
  }

  /** The end of the program. @throws AggregateError of ArgosyErrors */
  end(): Promise<void> {
    return this.finished;
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }

  private endedEarly(): ArgosyError {
    return new ArgosyError({
      code: 'bootstrap-failed',
      what: `the bootstrap program ended early: ${this.said.join('').trim().slice(-1000) || 'it said nothing'}`,
      why: 'without it there is no Argo CD on the cluster',
      fix: 'correct the program in infra/, and run again',
    });
  }
}

function failureOf(reports: readonly ErrorReport[]): AggregateError {
  const errors = reports.map((report) => new ArgosyError(report));
  return new AggregateError(errors, errors.map(({ message }) => message).join('\n'));
}
