import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FleetOptions } from '../fleet';
import { ArgosyError } from '../kube';
import type { RenderAnswer, Rendering, RenderRequest } from './render-worker';

export type { Rendering };

/**
 * Renders the fleet that a module declares, in a fresh thread, so that every call sees the files
 * as they are. What the program prints goes to stderr.
 *
 * @throws AggregateError of ArgosyErrors, with the program's stack as `cause`
 */
export async function loadFleet(path: string, options: FleetOptions = {}): Promise<Rendering> {
  if (!existsSync(path)) {
    throw new ArgosyError({
      code: 'program-error',
      where: { location: path },
      what: 'the module that declares the fleet does not exist',
      why: 'package.json names it as argosy.fleet',
      fix: 'create it, or correct package.json',
    });
  }
  const answer = await renderInWorker({ fleet: path, options });
  if ('rendering' in answer) return answer.rendering;
  const errors = answer.reports.map((report) => new ArgosyError(report));
  throw new AggregateError(errors, errors.map(({ message }) => message).join('\n'), { cause: answer.stack });
}

function renderInWorker(request: RenderRequest): Promise<RenderAnswer> {
  const worker = new Worker(join(__dirname, `render-worker${extname(__filename)}`), {
    workerData: request,
    execArgv: ['--require', require.resolve('tsx/cjs')],
    stdout: true,
  });
  worker.stdout.pipe(process.stderr, { end: false });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(
        new ArgosyError({
          code: 'program-error',
          where: { location: request.fleet },
          what: `the program ended the process with code ${code}`,
          why: 'buildFleet returns the fleet; it ends nothing',
          fix: 'remove process.exit from the program',
        }),
      ),
    );
  });
}
