import { JsonPatch } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Worker } from '../../lib';
import { manifests, only } from './sample';

const image = 'ghcr.io/acme/worker:2.0.0';

describe('a Worker', () => {
  it('is a Deployment that nobody calls: no Service, no ports, no probes', () => {
    const all = manifests((app) => new Worker(app, 'worker', { image, command: ['./worker'], args: ['--fast'] }));
    expect(all).toHaveLength(1);
    expect(only('Deployment', all).spec.template.spec.containers[0]).toEqual({
      name: 'worker',
      image,
      command: ['./worker'],
      args: ['--fast'],
      resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '128Mi' } },
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      },
    });
  });

  it('ends the old pods first where two may not run side by side', () => {
    const all = manifests((app) => new Worker(app, 'worker', { image, overlap: false }));
    expect(only('Deployment', all).spec.strategy).toEqual({ type: 'Recreate' });
  });

  it('reads plain values from Git and secret ones by reference', () => {
    const all = manifests(
      (app) =>
        new Worker(app, 'worker', {
          image,
          environment: { LOG_LEVEL: 'info' },
          secrets: { TOKEN: { name: 'queue', key: 'token' } },
        }),
    );
    expect(only('Deployment', all).spec.template.spec.containers[0].env).toEqual([
      { name: 'LOG_LEVEL', value: 'info' },
      { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'queue', key: 'token' } } },
    ]);
  });

  it('opens folders of a read-only file system one by one', () => {
    const all = manifests((app) => new Worker(app, 'worker', { image, writablePaths: ['/tmp', '/var/cache'] }));
    const { containers, volumes } = only('Deployment', all).spec.template.spec;
    expect(containers[0].volumeMounts).toEqual([
      { name: 'writable-0', mountPath: '/tmp' },
      { name: 'writable-1', mountPath: '/var/cache' },
    ]);
    expect(volumes).toEqual([
      { name: 'writable-0', emptyDir: {} },
      { name: 'writable-1', emptyDir: {} },
    ]);
  });

  it('gives its pods what it is told, and applies its patch last', () => {
    const all = manifests(
      (app) =>
        new Worker(app, 'worker', {
          image,
          minReadySeconds: 8,
          terminationGracePeriodSeconds: 60,
          podAnnotations: { 'argosy.dev/local-result': 'fail' },
          patch: [JsonPatch.add('/spec/paused', true)],
        }),
    );
    const { spec } = only('Deployment', all);
    expect(spec).toMatchObject({ minReadySeconds: 8, paused: true });
    expect(spec.template.spec.terminationGracePeriodSeconds).toBe(60);
    expect(spec.template.metadata.annotations).toEqual({ 'argosy.dev/local-result': 'fail' });
  });
});
