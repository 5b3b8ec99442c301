import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import type { FleetOptions } from '../fleet';
import { ArgosyError } from '../kube';
import type { RenderAnswer, Rendering, RenderRequest } from './render-child';

export type { Rendering };

export interface LoadOptions {
  /** What `buildFleet` is called with. */
  readonly fleet?: FleetOptions;
  /** Told the modules that the program consists of, its dependencies left out; also when it fails. */
  readonly onModules?: ((files: readonly string[]) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Renders the fleet that a module declares, in a fresh process, so that every call sees the files
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
  const answer = await renderInChild({ fleet: path, options: options.fleet ?? {} }, options.signal);
  options.onModules?.(answer.modules);
  if ('rendering' in answer) return answer.rendering;
  const errors = answer.reports.map((report) => new ArgosyError(report));
  throw new AggregateError(errors, errors.map(({ message }) => message).join('\n'), { cause: answer.stack });
}

/** A process rather than a thread: whatever the program and its loader leave running is gone with it. */
async function renderInChild(request: RenderRequest, signal: AbortSignal | undefined): Promise<RenderAnswer> {
  signal?.throwIfAborted();
  const child = fork(join(__dirname, `render-child${extname(__filename)}`), [], {
    execArgv: ['--require', require.resolve('tsx/cjs')],
    serialization: 'advanced',
    stdio: ['ignore', process.stderr.fd, process.stderr.fd, 'ipc'],
  });
  const end = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', end);
  try {
    return await new Promise<RenderAnswer>((resolve, reject) => {
      child.once('message', resolve);
      child.once('error', (cause) => reject(endedByItself(request, cause.message, cause)));
      child.once('exit', (code, killed) => reject(endedByItself(request, `it ended with ${killed ?? `code ${code}`}`)));
      child.send(request);
    });
  } finally {
    signal?.removeEventListener('abort', end);
    end();
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
