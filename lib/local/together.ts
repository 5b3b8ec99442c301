/**
 * Runs tasks at the same time and returns their results. When one fails, the others are told through
 * their signal, and only when all have come to an end is the first failure thrown: nothing starts
 * behind the caller's back.
 */
export async function together<T extends readonly unknown[] | []>(
  tasks: { readonly [K in keyof T]: (signal: AbortSignal) => Promise<T[K]> },
  signal?: AbortSignal,
): Promise<T> {
  const group = new AbortController();
  const both = signal ? AbortSignal.any([signal, group.signal]) : group.signal;
  let failure: { readonly error: unknown } | undefined;
  const results = await Promise.all(
    tasks.map(async (task) => {
      try {
        return await task(both);
      } catch (error) {
        failure ??= { error };
        group.abort(error);
        return undefined;
      }
    }),
  );
  if (failure) throw failure.error;
  return results as unknown as T;
}

/** What comes first: the end of the work, or the signal, whose reason is thrown. The work itself goes on. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let end: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
