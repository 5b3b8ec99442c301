import { describe, expect, it } from 'vitest';
import { type Application, Cluster, CronTask, Fleet, Migration, WebService, Worker } from '../../lib';
import { application, errorOf } from './sample';

const image = 'ghcr.io/acme/api:1.4.2';
const web = { image, port: 8080 };
const task = { image, schedule: '0 3 * * *' };

type Misuse = [what: string, code: string, run: (app: Application) => unknown];

/** Cast to never: these do not compile, and must not pass where nothing was compiled, as under tsx. */
const misuses: Misuse[] = [
  ['an image without a tag', 'invalid-image', (app) => new Worker(app, 'a', { image: 'ghcr.io/acme/api' })],
  ['an image that moves', 'invalid-image', (app) => new Worker(app, 'a', { image: 'redis:latest' })],
  ['an id that is no name', 'invalid-name', (app) => new Worker(app, 'My Worker', { image })],
  ['a name that is none', 'invalid-name', (app) => new Worker(app, 'a', { image, name: '../a' })],
  ['a Service that starts with a digit', 'invalid-property', (app) => new WebService(app, '2fast', web)],
  ['a CronJob of 53 characters', 'invalid-name', (app) => new CronTask(app, 'a'.repeat(53), task)],
  ['port 0', 'invalid-property', (app) => new WebService(app, 'a', { ...web, port: 0 })],
  ['port 65536', 'invalid-property', (app) => new WebService(app, 'a', { ...web, servicePort: 65536 })],
  ['a port as text', 'invalid-property', (app) => new WebService(app, 'a', { ...web, port: '80' as never })],
  ['half a replica', 'invalid-property', (app) => new WebService(app, 'a', { ...web, replicas: 1.5 })],
  ['fewer than no replicas', 'invalid-property', (app) => new Worker(app, 'a', { image, replicas: -1 })],
  ['root', 'invalid-property', (app) => new Worker(app, 'a', { image, runAsUser: 0 })],
  ['memory without a unit', 'invalid-property', (app) => new Worker(app, 'a', { image, memory: '128' as never })],
  ['memory in milli', 'invalid-property', (app) => new Worker(app, 'a', { image, memory: '-1Mi' })],
  ['cpu with a unit of memory', 'invalid-property', (app) => new Worker(app, 'a', { image, cpu: '1Gi' as never })],
  ['a command in one string', 'invalid-property', (app) => new Worker(app, 'a', { image, command: 'sh' as never })],
  ['a variable with a dash', 'invalid-property', (app) => new Worker(app, 'a', { image, environment: { 'A-B': '' } })],
  [
    'a number in the environment',
    'invalid-property',
    (app) => new Worker(app, 'a', { image, environment: { A: 1 as never } }),
  ],
  [
    'a variable with two values',
    'invalid-property',
    (app) => new Worker(app, 'a', { image, environment: { A: '' }, secrets: { A: { name: 'a', key: 'a' } } }),
  ],
  ['a literal secret', 'invalid-property', (app) => new Worker(app, 'a', { image, secrets: { A: 'canary' as never } })],
  ['a relative path', 'invalid-property', (app) => new Worker(app, 'a', { image, writablePaths: ['tmp'] })],
  ['a path twice', 'invalid-property', (app) => new Worker(app, 'a', { image, writablePaths: ['/tmp', '/tmp'] })],
  ['a probe without a path', 'invalid-property', (app) => new WebService(app, 'a', { ...web, probe: { path: 'up' } })],
  ['a drain longer than life', 'invalid-property', (app) => new WebService(app, 'a', { ...web, drainSeconds: 30 })],
  [
    'a URL for a host',
    'invalid-property',
    (app) => new WebService(app, 'a', { ...web, ingress: { host: 'https://shop.example.com' } }),
  ],
  ['a schedule by name', 'invalid-property', (app) => new CronTask(app, 'a', { image, schedule: '@daily' })],
  ['a time zone that is none', 'invalid-property', (app) => new CronTask(app, 'a', { ...task, timeZone: 'Local' })],
  ['tries without end', 'invalid-property', (app) => new Migration(app, 'a', { image, backoffLimit: Infinity })],
  ['no time at all', 'invalid-property', (app) => new Migration(app, 'a', { image, activeDeadlineSeconds: 0 })],
  [
    'a name twice in one application',
    'duplicate-object',
    (app) => {
      new WebService(app, 'a', web);
      new Migration(app, 'b', { image, name: 'a' });
    },
  ],
  ['a workload beside applications', 'outside-of-cluster', (app) => new Worker(Cluster.of(app), 'a', { image })],
  ['a workload beside clusters', 'outside-of-cluster', (app) => new Worker(Fleet.of(app), 'a', { image })],
];

describe('misuse throws at construction, with the five answers', () => {
  it.each(misuses)('%s: %s', (_, code, run) => {
    const { report } = errorOf(() => run(application()));
    expect(report.code).toBe(code);
    expect(report.where?.construct).toMatch(/[^/]$/);
    expect(report.where?.location).toMatch(/^test\/workload\/misuse\.test\.ts:\d+:\d+$/);
    expect([report.what, report.why, report.fix].every((answer) => answer.length > 0)).toBe(true);
  });

  it('shows no value that was meant for a Secret', () => {
    const error = errorOf(() => new Worker(application(), 'a', { image, secrets: { A: 'canary' as never } }));
    expect(error.message).not.toContain('canary');
  });

  it('reads well', () => {
    const error = errorOf(() => new WebService(application(), 'api', { ...web, replicas: -2 }));
    expect(error.message.replace(/:\d+:\d+/, ':LINE')).toMatchInlineSnapshot(`
      "invalid-property: replicas is -2
        at:  test/workload/misuse.test.ts:LINE  staging/api/api
        why: it is a whole number from 0 to 10000
        fix: use 0, for example"
    `);
  });
});
