import { groupOf, isBuiltIn, isClusterScoped, type Manifest } from '../kube';
import type { VerifiableCluster, VerifiableObject, VerifiableUnit } from './finding';
import { listOf, mapOf, textOf } from './fields';

/** An Application of `_root` as Argo CD reads it, and what of the fleet it syncs. */
export interface Deployment {
  readonly application: VerifiableObject;
  readonly project: string;
  readonly sources: readonly Source[];
  readonly destination: Destination;
  readonly syncOptions: readonly unknown[];
  /** None for a chart that Argo CD renders. */
  readonly units: readonly VerifiableUnit[];
}

export interface Source {
  readonly repoURL: string;
  readonly path: string;
}

export interface Destination {
  /** Empty where only the name is known, or where the cluster is named twice or not at all. */
  readonly server: string;
  /** Name of the cluster in Argo CD; empty where only the server is known. */
  readonly name: string;
  readonly namespace: string;
}

/** The cluster that Argo CD runs in. Source: application_defaults.go, `getLocalCluster` in util/db/cluster.go. */
const inCluster = { server: 'https://kubernetes.default.svc', name: 'in-cluster' };

/** Every unit of a cluster, the root first. */
export function unitsOf(cluster: VerifiableCluster): readonly VerifiableUnit[] {
  return [cluster.root, ...cluster.applications];
}

/** The Applications of a cluster, each with its units, read once for all rules. Knows no ApplicationSet. */
export function deploymentsOf(cluster: VerifiableCluster): readonly Deployment[] {
  const known = deployments.get(cluster) ?? readDeployments(cluster);
  deployments.set(cluster, known);
  return known;
}

const deployments = new WeakMap<VerifiableCluster, readonly Deployment[]>();

function readDeployments(cluster: VerifiableCluster): Deployment[] {
  const units = new Map(cluster.applications.map((unit) => [unit.folder, unit]));
  return cluster.root.objects
    .filter(({ manifest }) => manifest.kind === 'Application' && groupOf(manifest.apiVersion) === 'argoproj.io')
    .map((application) => {
      const spec = mapOf(application.manifest['spec']);
      const sources = sourcesOf(spec);
      return {
        application,
        project: textOf(spec['project']) || 'default', // ApplicationSpec.GetProject, types.go
        sources,
        destination: destinationOf(mapOf(spec['destination'])),
        syncOptions: listOf(mapOf(spec['syncPolicy'])['syncOptions']),
        units: [...new Set(sources.flatMap(({ path }) => findUnit(units, path) ?? []))],
      };
    });
}

/** Where the objects of each unit land. `_root` goes to Argo CD's own namespace. */
export function destinationsOf(cluster: VerifiableCluster): ReadonlyMap<VerifiableUnit, Destination> {
  return new Map([
    ...deploymentsOf(cluster).flatMap(({ units, destination }) => units.map((unit) => [unit, destination] as const)),
    [cluster.root, { ...inCluster, namespace: cluster.argocdNamespace ?? '' }] as const,
  ]);
}

/** The namespace an object lands in: its own, else that of the destination. */
export function namespaceOf(manifest: Manifest, destination: Destination | undefined): string {
  return manifest.metadata.namespace || (destination?.namespace ?? '');
}

/** Which kinds live outside any namespace, by Kubernetes and by the CRDs of the cluster; `unknown` for other kinds. */
export function scopesOf(
  cluster: VerifiableCluster,
): (group: string, kind: string) => 'cluster' | 'namespace' | 'unknown' {
  const custom = new Map<string, boolean>();
  for (const { manifest } of unitsOf(cluster).flatMap(({ objects }) => objects)) {
    if (manifest.kind !== 'CustomResourceDefinition') continue;
    const spec = mapOf(manifest['spec']);
    custom.set(`${textOf(spec['group'])}/${textOf(mapOf(spec['names'])['kind'])}`, spec['scope'] === 'Cluster');
  }
  return (group, kind) => {
    if (isClusterScoped(group, kind)) return 'cluster';
    if (isBuiltIn(group) || group === 'argoproj.io') return 'namespace';
    const outside = custom.get(`${group}/${kind}`);
    return outside === undefined ? 'unknown' : outside ? 'cluster' : 'namespace';
  };
}

/** Mirrors `ApplicationSpec.GetSources` and `SourceHydrator.GetSyncSource` in types.go; the dry source as well. */
function sourcesOf(spec: Readonly<Record<string, unknown>>): Source[] {
  const hydrator = mapOf(spec['sourceHydrator']);
  if (spec['sourceHydrator'] != null) {
    const dry = sourceOf(hydrator['drySource']);
    const sync = sourceOf(hydrator['syncSource']);
    return [dry, { ...sync, repoURL: sync.repoURL || dry.repoURL }];
  }
  const several = listOf(spec['sources']);
  return (several.length > 0 ? several : [spec['source'] ?? []].flat()).map(sourceOf);
}

function sourceOf(value: unknown): Source {
  const { repoURL, path } = mapOf(value);
  return { repoURL: textOf(repoURL), path: textOf(path) };
}

/** Mirrors `GetDestinationServer` in util/argo/argo.go. Only the cluster of Argo CD is known by both. */
function destinationOf({ server, name, namespace }: Readonly<Record<string, unknown>>): Destination {
  const given = { server: textOf(server).replace(/\/+$/, ''), name: textOf(name), namespace: textOf(namespace) };
  // Argo CD takes neither both nor none.
  if (given.server !== '' && given.name !== '') return { server: '', name: '', namespace: given.namespace };
  const local = given.server === inCluster.server || given.name === inCluster.name;
  return local ? { ...given, ...inCluster } : given;
}

/** The unit whose folder ends a path. */
function findUnit(units: ReadonlyMap<string, VerifiableUnit>, path: string): VerifiableUnit | undefined {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  for (let length = Math.min(segments.length, 8); length > 0; length -= 1) {
    const unit = units.get(segments.slice(-length).join('/'));
    if (unit) return unit;
  }
  return undefined;
}
