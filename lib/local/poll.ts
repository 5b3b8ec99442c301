import { setTimeout as delay } from 'node:timers/promises';

export interface PollOptions {
  /** Ends the wait with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which the wait is given up. */
  readonly deadline: number;
  /** @default 20 milliseconds between two probes */
  readonly interval?: number;
}

/**
 * Waits until `probe` returns something truthy, and returns it; undefined once the deadline has
 * passed. A probe that throws counts as "not yet": it is asked of things that are still starting.
 */
export async function until<T>(
  probe: () => Promise<T> | T,
  { signal, deadline, interval = 20 }: PollOptions,
): Promise<T | undefined> {
  const end = performance.now() + deadline;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await attempt(probe);
    if (answer) return answer;
    if (performance.now() >= end) return undefined;
    await delay(interval, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
  }
}

async function attempt<T>(probe: () => Promise<T> | T): Promise<T | undefined> {
  try {
    return await probe();
  } catch {
    return undefined; // not ready yet: the deadline decides
  }
}
