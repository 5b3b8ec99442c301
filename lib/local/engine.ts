import { fork, type ChildProcess } from 'node:child_process';
import { extname, join } from 'node:path';
import { ArgosyError } from '../kube';
import type { EngineAnswer, EngineRequest } from './engine-child';

/** Told of each resource once it is on the cluster. */
export type OnApplied = (resource: { readonly type: string; readonly name: string }) => void;

/**
 * Runs the bootstrap program in a process of its own: its SDK takes a second and 130 MB to load,
 * and both are gone when it ends. Started early, it has loaded by the time the API server answers.
 */
export class ProgramEngine {
  private readonly child: ChildProcess;
  private readonly errors: string[] = [];

  constructor() {
    this.child = fork(join(__dirname, `engine-child${extname(__filename)}`), [], {
      execArgv: ['--require', require.resolve('tsx/cjs')],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.errors.push(chunk.toString('utf8')));
    }
  }

  /** Runs the program to its end. @throws AggregateError of ArgosyErrors */
  run(request: EngineRequest, onApplied: OnApplied): Promise<void> {
    return new Promise((resolve, reject) => {
      this.child.on('message', (answer: EngineAnswer) => {
        if ('applied' in answer) onApplied(answer.applied);
        else if ('done' in answer) resolve();
        else if ('failed' in answer) {
          const errors = answer.failed.map((report) => new ArgosyError(report));
          reject(new AggregateError(errors, errors.map(({ message }) => message).join('\n')));
        }
      });
      this.child.once('exit', () => reject(this.ended()));
      this.child.send(request);
    });
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }

  private ended(): ArgosyError {
    return new ArgosyError({
      code: 'bootstrap-failed',
      what: `the bootstrap program ended early: ${this.errors.join('').trim().slice(-1000) || 'it said nothing'}`,
      why: 'without it there is no Argo CD on the cluster',
      fix: 'correct the program in infra/, and run again',
    });
  }
}
