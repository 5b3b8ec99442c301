import { acquireParts } from '../lib/local';

/** Finds, fetches or builds the parts once, before any test that needs them, and tells how it goes. */
export async function setup(): Promise<void> {
  let last = '';
  await acquireParts({
    onProgress: ({ message, done, total }) => {
      const share = done !== undefined && total ? ` ${Math.min(99, Math.floor((100 * done) / total))} %` : '';
      if (message + share !== last) process.stderr.write(`  ${(last = message + share)}\n`);
    },
  });
}
