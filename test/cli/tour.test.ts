import { describe, expect, it } from 'vitest';
import { settledOrThrow } from '../../lib/cli/tour';
import type { ApplicationState } from '../../lib/local';

const well: ApplicationState = {
  name: 'staging-api',
  sync: 'Synced',
  health: 'Healthy',
  revision: '',
  reasons: [],
  generated: false,
};

describe('the tour', () => {
  it('goes on from a fleet that is well', async () => {
    expect(await settledOrThrow(Promise.resolve([well]))).toEqual([well]);
  });

  it('stops at applications that are not, each with its reasons, and at none', async () => {
    const states = [well, { ...well, name: 'staging-cache', health: 'Degraded', reasons: ['no image', 'no node'] }];
    await expect(settledOrThrow(Promise.resolve(states))).rejects.toThrow(
      'not-settled: 1 of 2 applications did not become Synced and Healthy in time\n  why: staging-cache: no image; no node\n',
    );
    await expect(settledOrThrow(Promise.resolve([]))).rejects.toThrow('why: Argo CD knows no application');
  });
});
