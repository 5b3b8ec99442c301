import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CronTask, Migration, WebService, Worker, type PodProps } from '../../lib';
import { podSpecOf, violations } from './restricted';
import { manifests } from './sample';

const text = fc.string({ maxLength: 12 });
const variable = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/);
const anyPod: fc.Arbitrary<PodProps> = fc.record(
  {
    image: fc.constantFrom('busybox:1.37.0', 'ghcr.io/acme/api:1.4.2'),
    command: fc.array(text, { maxLength: 3 }),
    args: fc.array(text, { maxLength: 3 }),
    environment: fc.dictionary(variable, text, { maxKeys: 3 }),
    cpu: fc.constantFrom('10m', '0.5', '2'),
    memory: fc.constantFrom('16Mi', '1Gi'),
    runAsUser: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    readOnlyRootFilesystem: fc.boolean(),
    writablePaths: fc.uniqueArray(fc.constantFrom('/tmp', '/var/cache', '/run'), { maxLength: 3 }),
    terminationGracePeriodSeconds: fc.integer({ min: 10, max: 600 }),
    podAnnotations: fc.dictionary(variable, text, { maxKeys: 2 }),
  },
  { requiredKeys: ['image'] },
);

describe('the restricted Pod Security Standard', () => {
  it('admits every workload, whatever its properties', () => {
    fc.assert(
      fc.property(anyPod, (props) => {
        const all = manifests((app) => {
          new WebService(app, 'web', { ...props, port: 8080 });
          new Worker(app, 'worker', props);
          new CronTask(app, 'task', { ...props, schedule: '0 3 * * *' });
          new Migration(app, 'migration', props);
        });
        const pods = all.map(podSpecOf).filter(Boolean);
        expect(pods).toHaveLength(4);
        for (const pod of pods) {
          expect(violations(pod)).toEqual([]);
          expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is what the check of these tests refuses a bare pod for', () => {
    expect(violations({ containers: [{ name: 'bare' }] })).toEqual([
      'Privilege Escalation',
      'Running as Non-root',
      'Seccomp',
      'Capabilities',
    ]);
    expect(violations({ hostNetwork: true, volumes: [{ name: 'a', hostPath: {} }], containers: [] })).toEqual([
      'Host Namespaces',
      'HostPath Volumes',
      'Volume Types',
    ]);
  });
});
