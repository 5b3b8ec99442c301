import { describe, expect, it } from 'vitest';
import { told, type Sketch } from './clusters';

const template = (labels: Record<string, string>) => ({ metadata: { labels } });
const deployment = (
  labels: Record<string, string>,
  selector: unknown = { matchLabels: labels },
  namespace?: string,
): Sketch => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: Object.values(labels).join('-'), ...(namespace !== undefined && { namespace }) },
  spec: { selector, template: template(labels) },
});
const service = (selector: Record<string, string>): Sketch => ({ kind: 'Service', spec: { selector } });
const budget = (selector: unknown): Sketch => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  spec: { selector },
});
const of = (api: Sketch[], web: Sketch[]): string[] => told({ applications: { api, web } });

describe('a selector', () => {
  it('of a Service that takes in pods of another application is an error', () => {
    expect(
      of(
        [deployment({ app: 'api', team: 'shop' }), service({ team: 'shop' })],
        [deployment({ app: 'web', team: 'shop' })],
      ),
    ).toEqual(['error shared-selector api: its selector also matches pods of staging/web']);
    expect(of([deployment({ app: 'api' }), service({ app: 'api' })], [deployment({ app: 'web' })])).toEqual([]);
  });

  it('of a workload is one too, in both applications', () => {
    const twice = (name: string): Sketch[] => [{ ...deployment({ app: 'same' }), metadata: { name } }];
    expect(of(twice('a'), twice('b'))).toEqual([
      'error shared-selector api: its selector also matches pods of staging/web',
      'error shared-selector web: its selector also matches pods of staging/api',
    ]);
  });

  it('that matches only pods of another application is a warning', () => {
    expect(of([service({ app: 'web' })], [deployment({ app: 'web' })])).toEqual([
      'warning shared-selector api: its selector matches only pods of staging/web',
    ]);
    expect(of([budget({})], [deployment({ app: 'web' })])).toEqual([
      'warning shared-selector api: its selector, which is empty, matches only pods of staging/web',
    ]);
  });

  it('that is missing, or empty in a Service, selects nothing', () => {
    expect(of([service({}), budget(null), { kind: 'Service', spec: {} }], [deployment({ app: 'web' })])).toEqual([]);
  });

  it('knows expressions', () => {
    const web = [deployment({ app: 'web', tier: 'front' })];
    const hits = (...matchExpressions: unknown[]) => of([budget({ matchExpressions })], web).length === 1;
    expect(hits({ key: 'app', operator: 'In', values: ['web', 'api'] })).toBe(true);
    expect(hits({ key: 'app', operator: 'In', values: ['web'] }, { key: 'tier', operator: 'Exists' })).toBe(true);
    expect(hits({ key: 'app', operator: 'In', values: ['api'] })).toBe(false);
    expect(hits({ key: 'app', operator: 'NotIn', values: ['web'] })).toBe(false);
    expect(hits({ key: 'other', operator: 'NotIn', values: ['web'] })).toBe(true);
    expect(hits({ key: 'app', operator: 'DoesNotExist' })).toBe(false);
    expect(hits({ key: 'app', operator: 'Like' })).toBe(false);
  });

  it('takes in the pods of jobs, and none of another namespace', () => {
    const job = { apiVersion: 'batch/v1', kind: 'Job', spec: { template: template({ app: 'api' }) } };
    const cronJob = { apiVersion: 'batch/v1', kind: 'CronJob', spec: { jobTemplate: { spec: job.spec } } };
    const api = [deployment({ app: 'api' }), service({ app: 'api' })];
    expect(of(api, [job])).toHaveLength(2);
    expect(of(api, [cronJob])).toHaveLength(2);
    const project = { destinations: [{ server: '*', namespace: '*' }] };
    expect(told({ applications: { api, web: [deployment({ app: 'api' }, undefined, 'other')] }, project })).toEqual([]);
  });
});
