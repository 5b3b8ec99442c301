import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../lib/kube';
import { hooksOf, orderTasks, waveOf } from '../../lib/sync';

function object(kind: string, name: string, annotations: Record<string, string> = {}): Manifest {
  return { apiVersion: 'v1', kind, metadata: { name, annotations } };
}

const hook = (types: string): Record<string, string> => ({ 'argocd.argoproj.io/hook': types });
const wave = (text: string): Record<string, string> => ({ 'argocd.argoproj.io/sync-wave': text });

function printed(manifests: readonly Manifest[]): string[] {
  return orderTasks(manifests).map(
    ({ phase, wave: number, manifest }) => `${phase} ${number} ${manifest.kind} ${manifest.metadata.name}`,
  );
}

describe('orderTasks', () => {
  // Source: TestOrder* in gitops-engine/pkg/sync/sync_tasks_test.go.
  it('sorts by phase, wave, kind, then name', () => {
    expect(
      printed([
        object('Whatever', 'z'),
        object('Deployment', 'b'),
        object('Deployment', 'a'),
        object('Service', 's'),
        object('Namespace', 'n'),
        object('ConfigMap', 'late', wave('2')),
        object('ConfigMap', 'early', wave('-1')),
        object('Job', 'after', hook('PostSync')),
        object('Job', 'before', hook('PreSync')),
      ]),
    ).toEqual([
      'PreSync 0 Job before',
      'Sync -1 ConfigMap early',
      'Sync 0 Namespace n',
      'Sync 0 Service s',
      'Sync 0 Deployment a',
      'Sync 0 Deployment b',
      'Sync 0 Whatever z',
      'Sync 2 ConfigMap late',
      'PostSync 0 Job after',
    ]);
  });

  it('makes a task for each phase a hook names, and none for what Argo CD drops', () => {
    expect(printed([object('Job', 'both', hook('PreSync, PostSync'))])).toEqual([
      'PreSync 0 Job both',
      'PostSync 0 Job both',
    ]);
    expect(
      printed([
        object('Job', 'a', hook('Presync')),
        object('Job', 'b', hook('Skip')),
        object('Job', 'c', hook('PreDelete')),
      ]),
    ).toEqual([]);
  });

  it('depends on the objects alone, not on the order they come in', () => {
    const manifest = fc
      .tuple(
        fc.constantFrom('Service', 'Deployment', 'Job', 'Foo'),
        fc.stringMatching(/^[a-z]{3}$/),
        fc.integer({ min: -3, max: 3 }),
      )
      .map(([kind, name, number]) => object(kind, name, wave(String(number))));
    const unique = fc.uniqueArray(manifest, { selector: ({ kind, metadata }) => `${kind} ${metadata.name}` });
    fc.assert(
      fc.property(
        unique.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(printed(shuffled)).toEqual(printed(all));
        },
      ),
    );
  });
});

describe('hooks and waves', () => {
  it('fall back to Helm, whose hooks are ignored beside a valid one of Argo CD', () => {
    expect(hooksOf(object('Job', 'a'))).toBeUndefined();
    expect(hooksOf(object('Job', 'a', { 'helm.sh/hook': 'pre-install,pre-upgrade' }))).toEqual(['PreSync']);
    expect(hooksOf(object('Job', 'a', { 'helm.sh/hook': 'pre-install', ...hook('PostSync') }))).toEqual(['PostSync']);
    expect(hooksOf(object('Job', 'a', { 'helm.sh/hook': 'test' }))).toEqual([]);
    expect(waveOf(object('Job', 'a', { ...wave('soon'), 'helm.sh/hook-weight': '7' }))).toBe(7);
    expect(waveOf(object('Job', 'a', wave('1.5')))).toBe(0);
  });

  // Source: gitops-engine/pkg/sync/hook/hook_test.go, hook/helm/hook_test.go, argo-cd controller/hook.go.
  it.each([
    [{ 'helm.sh/hook': 'crd-install' }, undefined],
    [{ 'helm.sh/hook': 'crd-install,pre-install' }, ['PreSync']],
    [{ 'helm.sh/hook': 'garbage' }, []],
    [hook(''), []],
    [hook('Skip,PreSync,PostSync'), ['Skip', 'PreSync', 'PostSync']],
    [hook('Sync,Garbage,Sync'), ['Sync']],
    [{ 'helm.sh/hook': 'pre-delete,post-delete' }, ['PreDelete', 'PostDelete']],
    [{ ...hook('PreDelete'), 'helm.sh/hook': 'pre-install' }, ['PreSync', 'PreDelete']],
    [{ ...hook('Sync'), 'helm.sh/hook': 'post-install,post-delete' }, ['Sync', 'PostDelete']],
    [hook('constructor,toString'), []],
    [{ 'helm.sh/hook': 'constructor' }, []],
  ])('reads %j as %j', (annotations, types) => {
    expect(hooksOf(object('Job', 'a', annotations as Record<string, string>))).toEqual(types);
  });

  it('applies an object with crd-install as it is', () => {
    expect(printed([object('CustomResourceDefinition', 'a', { 'helm.sh/hook': 'crd-install' })])).toEqual([
      'Sync 0 CustomResourceDefinition a',
    ]);
  });

  // Source: Go's strconv.Atoi.
  it.each([
    ['-1', -1],
    ['+7', 7],
    ['-0', 0],
    ['9223372036854775807', 9223372036854775807n],
    ['9223372036854775808', 0],
    ['1_000', 0],
    ['١', 0],
  ])('reads the wave %j as %d', (text, number) => {
    expect(waveOf(object('Job', 'a', wave(text)))).toBe(Number(number));
  });
});
