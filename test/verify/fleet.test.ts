import { describe, expect, it } from 'vitest';
import { buildFleet } from '../../apps/fleet';
import { verify } from '../../lib/verify';
import { line, staging, type Sketch } from './clusters';

describe('a fleet', () => {
  it('as the sample is, has no finding', () => {
    expect(verify(buildFleet().render().clusters, '.').map(line)).toEqual([]);
  });

  it('of 10,000 applications is verified in seconds', () => {
    const application = (at: number): Sketch[] => {
      const labels = { app: `app-${at}`, team: 'shop' };
      const spec = { selector: { matchLabels: labels }, template: { metadata: { labels } } };
      return [
        { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: `app-${at}` }, spec },
        { kind: 'Service', metadata: { name: `app-${at}` }, spec: { selector: at % 2 ? labels : { team: 'shop' } } },
        { metadata: { name: `app-${at}` } },
      ];
    };
    const applications = Object.fromEntries([...Array(10_000).keys()].map((at) => [`app-${at}`, application(at)]));
    const cluster = staging({ applications });
    expect(verify([cluster], '.')).toHaveLength(5_000);
  });

  it('gives the same findings in the same order, in whatever order its applications come', () => {
    const one = staging({ applications: { b: [{ kind: 'Secret', data: { k: 'v' } }], a: [{ kind: 'Node' }] } });
    const other = { ...one, applications: [...one.applications].reverse() };
    expect(verify([other], '.')).toEqual(verify([one], '.'));
    expect(verify([one], '.')).toHaveLength(2);
  });
});
