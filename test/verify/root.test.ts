import { describe, expect, it } from 'vitest';
import { told, type Sketch } from './clusters';

const argo = (kind: string, name: string, namespace?: string): Sketch => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
});

describe('the root', () => {
  it('cannot be replaced, nor its project widened, by a merge', () => {
    expect(told({ root: [argo('Application', 'staging-root'), argo('AppProject', 'staging-root', 'argocd')] })).toEqual(
      [
        'error invalid-name _root: it has the name of the root, "staging-root"',
        'error invalid-name _root: it has the name of the root, "staging-root"',
      ],
    );
    expect(told({ root: [argo('AppProject', 'production-root'), argo('ApplicationSet', 'staging-root')] })).toEqual([]);
  });

  it('cannot be replaced from inside an application either', () => {
    const project = { destinations: [{ server: '*', namespace: '*' }] };
    const from = (namespace: string): string[] =>
      told({ applications: { api: [argo('Application', 'staging-root', namespace)] }, project });
    expect(from('argocd')).toEqual(['error invalid-name api: it has the name of the root, "staging-root"']);
    expect(from('shop')).toEqual([]);
  });

  it("holds Argo CD's kinds in Argo CD's namespace alone", () => {
    expect(told({ root: [argo('AppProject', 'team', 'team'), {}] })).toEqual([
      `error project-denies _root: the root's project does not permit the kind ConfigMap`,
      `error project-denies _root: the root's project does not permit the namespace "team"`,
    ]);
  });
});
