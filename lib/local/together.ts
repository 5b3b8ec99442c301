/**
 * Runs tasks at the same time. When one fails, the others are told through their signal, and only
 * when all have come to an end is the first failure thrown: nothing starts behind the caller's back.
 */
export async function together(
  tasks: readonly ((signal: AbortSignal) => Promise<unknown>)[],
  signal?: AbortSignal,
): Promise<void> {
  const group = new AbortController();
  const both = signal ? AbortSignal.any([signal, group.signal]) : group.signal;
  let failure: { readonly error: unknown } | undefined;
  await Promise.all(
    tasks.map(async (task) => {
      try {
        await task(both);
      } catch (error) {
        failure ??= { error };
        group.abort(error);
      }
    }),
  );
  if (failure) throw failure.error;
}
