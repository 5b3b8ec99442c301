import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { heartbeat } from '../../../lib/local/parts/progress';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('progress is repeated with the time that has passed, and never after its end', () => {
  const told: string[] = [];
  const { report, stop } = heartbeat(({ message }) => told.push(message), 5000);
  vi.advanceTimersByTime(6000);
  expect(told).toEqual([]);
  report({ phase: 'build', done: 3, total: 9, message: 'linking' });
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['linking', 'linking (11 s)', 'linking (16 s)']);
  stop();
  vi.advanceTimersByTime(60_000);
  expect(told).toHaveLength(3);
});
