import { ApiObject } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Application, AppProject, Cluster, Fleet, type AppProjectProps } from '../../lib';
import { verify, type Finding } from '../../lib/verify';

interface Spec {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly namespace?: string;
  readonly annotations?: Record<string, string>;
}

function findings(objects: readonly Spec[], project: Partial<AppProjectProps> = {}): Finding[] {
  const fleet = new Fleet({ repository: { url: 'https://github.com/acme/platform.git' } });
  const cluster = new Cluster(fleet, 'staging');
  const shop = new AppProject(cluster, 'shop', { namespaces: ['shop'], ...project });
  for (const [at, { kind = 'ConfigMap', apiVersion = 'v1', namespace, annotations }] of objects.entries()) {
    const application = new Application(cluster, `app-${at}`, { project: shop, namespace: 'shop' });
    const metadata = {
      name: 'same',
      ...(namespace !== undefined && { namespace }),
      ...(annotations && { annotations }),
    };
    new ApiObject(application, 'x', { apiVersion, kind, metadata });
  }
  return verify(fleet.render().clusters, process.cwd());
}

const told = (found: readonly Finding[]): string[] =>
  found.map(({ code, application, what }) => `${code} ${application}: ${what}`);

describe('verify', () => {
  it('finds nothing in what is fine', () => {
    expect(findings([{}])).toEqual([]);
  });

  it('finds a hook that Argo CD would drop, and an option that it would ignore', () => {
    const annotations = {
      'argocd.argoproj.io/hook': 'Presync',
      'argocd.argoproj.io/sync-options': 'Prune=false,Prune=no',
    };
    expect(told(findings([{ annotations }]))).toEqual([
      'unknown-hook app-0: its hook is "Presync"',
      'unknown-sync-option app-0: its sync option is "Prune=no"',
    ]);
  });

  it('finds an application without an object, whose folder Git does not keep', () => {
    const fleet = new Fleet({ repository: { url: 'https://github.com/acme/platform.git' } });
    const cluster = new Cluster(fleet, 'staging');
    const project = new AppProject(cluster, 'shop', { namespaces: ['shop'] });
    new Application(cluster, 'bare', { project, namespace: 'shop' });
    const source = { chart: 'x', repoURL: 'https://example.com/charts', version: '1.0.0' };
    const charts = new AppProject(cluster, 'charts', { namespaces: ['shop'], sourceRepos: [source.repoURL] });
    new Application(cluster, 'chart', { project: charts, namespace: 'shop', source });
    expect(told(verify(fleet.render().clusters, '.'))).toEqual([
      'empty-application _root: the application holds no object',
    ]);
  });

  it('finds a name that the API server refuses, and lets RBAC and custom resources have theirs', () => {
    const named = (apiVersion: string, name: string, namespace = 'shop'): string[] =>
      verify(
        [
          {
            name: 'c',
            root: { folder: 'c/_root', objects: [] },
            applications: [
              { folder: 'c/a', objects: [{ manifest: { apiVersion, kind: 'Thing', metadata: { name, namespace } } }] },
            ],
          },
        ],
        '.',
      )
        .filter(({ code }) => /^invalid-name/.test(code))
        .map(({ what }) => what);
    expect(named('v1', 'a.b-c')).toEqual([]);
    expect(named('rbac.authorization.k8s.io/v1', 'system:Reader')).toEqual([]);
    expect(named('example.com/v1', 'Any_Thing')).toEqual([]);
    expect(named('v1', 'Upper')).toEqual(['its name is "Upper"']);
    expect(named('rbac.authorization.k8s.io/v1', '../x')).toEqual(['its name is "../x"']);
    expect(named('v1', 'x', '..')).toEqual(['its namespace is ".."']);
  });

  it('finds an object that two applications hold', () => {
    expect(told(findings([{}, {}]))).toEqual(['shared-object app-1: staging/app-0 holds the same object']);
  });

  // Mirrors IsGroupKindNamePermitted and IsDestinationPermitted, app_project_types.go.
  it('finds what the project does not permit', () => {
    const denied = (spec: Spec, project: Partial<AppProjectProps> = {}): string[] =>
      findings([spec], project).map(({ what }) => what.replace('the project "shop" does not permit ', ''));
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' };
    expect(denied(role)).toEqual(['the cluster-scoped kind rbac.authorization.k8s.io/ClusterRole']);
    expect(denied(role, { clusterResources: [{ group: 'rbac.*', kind: 'Cluster*' }] })).toEqual([]);
    expect(denied(role, { clusterResources: [{ group: '*', kind: '*', name: 'other' }] })).toHaveLength(1);
    expect(denied({ namespace: 'kube-system' })).toEqual([
      'the namespace "kube-system" of https://kubernetes.default.svc',
    ]);
    expect(denied({}, { namespacedResources: [] })).toEqual(['the kind ConfigMap']);
    expect(denied({}, { namespacedResources: [{ group: '', kind: 'Config*' }] })).toEqual([]);
    expect(denied({}, { deniedNamespacedResources: [{ group: '*', kind: 'ConfigMap' }] })).toEqual([
      'the kind ConfigMap',
    ]);
  });

  it('finds what stands directly below a cluster and is not an Application or AppProject', () => {
    const fleet = new Fleet({ repository: { url: 'https://github.com/acme/platform.git' } });
    new ApiObject(new Cluster(fleet, 'staging'), 'stray', { apiVersion: 'v1', kind: 'ConfigMap' });
    expect(told(verify(fleet.render().clusters, '.'))).toEqual([
      "project-denies _root: the root's project does not permit the kind ConfigMap",
    ]);
  });

  it('says where each finding was made', () => {
    expect(findings([{ namespace: 'kube-system' }])[0]).toMatchObject({
      cluster: 'staging',
      construct: 'staging/app-0/x',
      location: expect.stringMatching(/^test\/verify\/verify\.test\.ts:\d+:\d+$/) as string,
    });
  });
});
