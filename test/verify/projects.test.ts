import { describe, expect, it } from 'vitest';
import { printFindings } from '../../lib/report';
import { verify } from '../../lib/verify';
import { repoURL, server, staging, told, type Sketch } from './clusters';

const denied = (text: string, application = '_root'): string =>
  `error project-denies ${application}: the project "shop" does not permit ${text}`;

describe('the source and destination of an application', () => {
  it('must be permitted, also where Argo CD renders a chart', () => {
    const chart = { source: { repoURL: 'https://charts.example.com', chart: 'redis', targetRevision: '1.2.3' } };
    expect(told({ applications: {}, root: [] })).toEqual([]);
    expect(told({ spec: chart })).toEqual([denied('its source "https://charts.example.com"')]);
    expect(told({ spec: chart, project: { sourceRepos: ['https://*.example.com'] } })).toEqual([]);
    expect(told({ project: { sourceRepos: [] } })).toEqual([denied(`its source "${repoURL}"`)]);
  });

  it('are each of several sources, and both of a hydrator', () => {
    const sources = [
      { repoURL, path: 'a' },
      { repoURL: 'https://b' },
      { repoURL: 'https://c' },
      { repoURL: 'https://c' },
    ];
    expect(told({ spec: { sources } })).toEqual([denied('its source "https://b"'), denied('its source "https://c"')]);
    const sourceHydrator = { drySource: { repoURL: 'https://dry' }, syncSource: { targetBranch: 'env' } };
    expect(told({ spec: { sourceHydrator } })).toEqual([denied('its source "https://dry"')]);
  });

  it('are told once, not for each object', () => {
    expect(told({ applications: { api: [{}, { kind: 'Service' }] }, project: { destinations: [] } })).toEqual([
      denied(`its destination, the namespace "shop" of ${server}`),
    ]);
  });

  it('knows the cluster of Argo CD by its name and by its server', () => {
    const destinations = [{ name: 'in-cluster', namespace: 'shop' }];
    expect(told({ project: { destinations } })).toEqual([]);
    expect(told({ spec: { destination: { name: 'in-cluster', namespace: 'shop' } } })).toEqual([]);
  });

  it('says nothing where Git does not tell which server a name is', () => {
    const spec = { destination: { name: 'far', namespace: 'shop' } };
    expect(told({ spec, project: { destinations: [{ server: 'https://far', namespace: 'shop' }] } })).toEqual([]);
    expect(told({ spec, project: { destinations: [{ name: 'near', namespace: 'shop' }] } })).toEqual([
      denied('its destination, the namespace "shop" of far'),
    ]);
  });

  it('must name one cluster', () => {
    const project = { destinations: [{ server: '*', name: '*', namespace: '*' }] };
    for (const destination of [{ namespace: 'shop' }, { server, name: 'in-cluster', namespace: 'shop' }]) {
      expect(told({ spec: { destination }, project })).toEqual([
        denied('its destination, the namespace "shop" of no single cluster'),
      ]);
    }
  });

  it('survive a spec that holds anything', () => {
    for (const value of [null, 7, 'x', [], {}, [null], { a: 1 }]) {
      const odd = { source: value, sources: value, destination: value, syncPolicy: value, sourceHydrator: value };
      expect(() => told({ spec: odd, project: { sourceRepos: value, destinations: value } })).not.toThrow();
    }
    expect(told({ root: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' }] })).toHaveLength(0);
  });

  it('tells no credentials', () => {
    const canary = 'c4nary';
    for (const url of [`https://me:${canary}@git.example.com/a`, `https://git.example.com/a?token=${canary}`]) {
      const findings = verify([staging({ spec: { source: { repoURL: url, path: 'a' } } })], '.');
      expect(findings).toHaveLength(1);
      expect(JSON.stringify(findings) + printFindings(findings)).not.toContain(canary);
    }
  });
});

describe('the objects of an application', () => {
  const role: Sketch = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' };
  const of = (object: Sketch, project: Record<string, unknown> = {}): string[] =>
    told({ applications: { api: [object] }, project });

  it('must be permitted by kind, name and their own namespace', () => {
    const kind = 'the cluster-scoped kind rbac.authorization.k8s.io/ClusterRole';
    expect(of(role)).toEqual([denied(kind, 'api')]);
    const every = [{ group: '*', kind: '*' }];
    expect(of(role, { clusterResourceWhitelist: every })).toEqual([]);
    expect(
      of(role, { clusterResourceWhitelist: every, clusterResourceBlacklist: [{ ...every[0], name: 'x*' }] }),
    ).toEqual([denied(kind, 'api')]);
    expect(of({ metadata: { namespace: 'kube-system' } })).toEqual([
      denied(`the namespace "kube-system" of ${server}`, 'api'),
    ]);
  });

  it('are also hooks of deletion, and the items of a list', () => {
    const annotations = { 'argocd.argoproj.io/hook': 'PreDelete' };
    expect(of({ metadata: { namespace: 'kube-system', annotations } })).toHaveLength(1);
    const items = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'y', namespace: 'kube-system' } }, null];
    const told = of({ kind: 'List', items });
    expect(told.filter((finding) => finding.includes('project-denies'))).toHaveLength(1);
    expect(told.filter((finding) => finding.includes('invalid-name'))).toHaveLength(1); // the item that is nothing
  });

  it('are custom resources of the scope that their CRD says', () => {
    const issuer = { apiVersion: 'cert-manager.io/v1', kind: 'ClusterIssuer' };
    const crd = (scope: string): Sketch => ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      spec: { group: 'cert-manager.io', names: { kind: 'ClusterIssuer' }, scope },
    });
    const project = { clusterResourceWhitelist: [{ group: 'apiextensions.k8s.io', kind: '*' }] };
    const kind = 'the cluster-scoped kind cert-manager.io/ClusterIssuer';
    expect(told({ applications: { api: [issuer, crd('Cluster')] }, project })).toEqual([denied(kind, 'api')]);
    expect(told({ applications: { api: [issuer, crd('Namespaced')] }, project })).toEqual([]);
    // Without its CRD, it is refused if it is so either way.
    expect(of(issuer)).toEqual([]);
    expect(of(issuer, { namespaceResourceWhitelist: [] })).toEqual([
      denied('the kind cert-manager.io/ClusterIssuer', 'api'),
    ]);
  });
});

describe('the project of an application', () => {
  it('must exist, but for default, which Argo CD makes', () => {
    expect(told({ spec: { project: 'none' } })).toEqual([
      'error project-denies _root: it names the project "none", which is not in staging/_root',
    ]);
    expect(told({ spec: { project: 'default' } })).toEqual([]);
    expect(told({ spec: { project: '' } })).toEqual([]);
  });
});
