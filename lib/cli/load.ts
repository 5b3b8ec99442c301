import { existsSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FleetOptions } from '../fleet';
import { ArgosyError } from '../kube';
import type { RenderAnswer, Rendering, RenderRequest } from './render-worker';

export type { Rendering };

export interface LoadOptions {
  /** What `buildFleet` is called with. */
  readonly fleet?: FleetOptions;
  /** Told the modules that the program consists of, its dependencies left out; also when it fails. */
  readonly onModules?: ((files: readonly string[]) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Renders the fleet that a module declares, in a fresh thread, so that every call sees the files
 * as they are. What the program prints goes to stderr; what it leaves running ends with it.
 *
 * @throws AggregateError of ArgosyErrors, with the program's stack as `cause`
 */
export async function loadFleet(path: string, options: LoadOptions = {}): Promise<Rendering> {
  if (!existsSync(path)) {
    throw new ArgosyError({
      code: 'program-error',
      where: { location: relative(process.cwd(), path) },
      what: 'the module that declares the fleet does not exist',
      why: 'package.json names it as argosy.fleet',
      fix: 'create it, or correct package.json',
    });
  }
  const answer = await renderInWorker({ fleet: path, options: options.fleet ?? {} }, options.signal);
  options.onModules?.(answer.modules);
  if ('rendering' in answer) return answer.rendering;
  const errors = answer.reports.map((report) => new ArgosyError(report));
  throw new AggregateError(errors, errors.map(({ message }) => message).join('\n'), { cause: answer.stack });
}

async function renderInWorker(request: RenderRequest, signal: AbortSignal | undefined): Promise<RenderAnswer> {
  signal?.throwIfAborted();
  const worker = new Worker(join(__dirname, `render-worker${extname(__filename)}`), {
    workerData: request,
    execArgv: ['--require', require.resolve('tsx/cjs')],
    stdout: true,
  });
  worker.stdout.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  const end = (): void => void worker.terminate();
  signal?.addEventListener('abort', end);
  try {
    return await new Promise<RenderAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (cause) => reject(endedByItself(request, cause.message, cause)));
      worker.once('exit', (code) => reject(endedByItself(request, `the thread ended with code ${code}`)));
    });
  } finally {
    signal?.removeEventListener('abort', end);
    await worker.terminate();
    signal?.throwIfAborted();
  }
}

function endedByItself({ fleet }: RenderRequest, what: string, cause?: Error): ArgosyError {
  return new ArgosyError({
    code: 'program-error',
    where: { location: relative(process.cwd(), fleet) },
    what: `the program ended before it returned a fleet: ${what}`,
    why: 'buildFleet returns the fleet at once; it ends nothing, and leaves nothing to fail later',
    fix: 'remove what ends the program; --debug shows the stack where there is one',
    ...(cause && { cause }),
  });
}
