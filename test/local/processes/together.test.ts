import { describe, expect, it } from 'vitest';
import { together, unlessAborted } from '../../../lib/local/together';

describe('together', () => {
  it('gives the results in the order of the tasks', async () => {
    expect(await together([async () => 1, async () => 'two'])).toEqual([1, 'two']);
  });

  it('throws the first failure once all have ended, which their signal told them', async () => {
    const told: string[] = [];
    const failing = together([
      async () => {
        throw new Error('first');
      },
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            told.push((signal.reason as Error).message);
            reject(new Error('second'));
          });
        }),
    ]);
    await expect(failing).rejects.toThrow('first');
    expect(told).toEqual(['first']);
  });
});

describe('work unless aborted', () => {
  it('ends with the work, or with the reason', async () => {
    const control = new AbortController();
    expect(await unlessAborted(Promise.resolve(1), control.signal)).toBe(1);
    await expect(unlessAborted(Promise.reject(new Error('own')), control.signal)).rejects.toThrow('own');
    const waiting = unlessAborted(new Promise(() => undefined), control.signal);
    control.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(unlessAborted(Promise.resolve(1), control.signal)).rejects.toThrow('enough');
  });
});
