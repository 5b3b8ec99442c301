import { ArgosyError, shown, type Manifest, type Where } from '../kube';
import { rootFolder, rootName, type RenderedCluster, type Repository } from '../render';
import { directorySource } from './source';
import { syncPolicy } from './sync-policy';

/** What of a cluster the root needs: a `RenderedCluster`, or a `Cluster` itself. */
export type RootOf = Pick<RenderedCluster, 'argocdNamespace'> & { readonly name: string };

const inCluster = 'https://kubernetes.default.svc';

/**
 * The root's own AppProject: it permits Applications and AppProjects in Argo CD's namespace, from
 * the fleet's repository, and nothing else. Made by the bootstrap, not by Git: `checkNotRoot` and
 * the verifier refuse an object of Git that would take its name.
 */
export function rootProject(cluster: RootOf, repository: Repository): Manifest {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: rootName(cluster.name), namespace: cluster.argocdNamespace },
    spec: {
      description: `The Applications and AppProjects of ${cluster.name}`,
      sourceRepos: [repository.url],
      destinations: [{ server: inCluster, namespace: cluster.argocdNamespace }],
      clusterResourceWhitelist: [],
      namespaceResourceWhitelist: ['Application', 'ApplicationSet', 'AppProject'].map((kind) => ({
        group: 'argoproj.io',
        kind,
      })),
    },
  };
}

/**
 * The root Application: it watches `<cluster>/_root` of the repository. It has no cascade
 * finalizer, for deleting it must not delete the fleet.
 */
export function rootApplication(cluster: RootOf, repository: Required<Repository>): Manifest {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: rootName(cluster.name),
      namespace: cluster.argocdNamespace,
      annotations: {
        'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
        'argocd.argoproj.io/manifest-generate-paths': '.',
      },
    },
    spec: {
      project: rootName(cluster.name),
      source: directorySource(repository, `${cluster.name}/${rootFolder}`),
      destination: { server: inCluster, namespace: cluster.argocdNamespace },
      syncPolicy: syncPolicy({}),
    },
  };
}

/**
 * Refuses the name of the root Application and its AppProject for anything in Git: such a merge
 * would replace the root, or widen its fence.
 *
 * @throws ArgosyError `invalid-name`
 */
export function checkNotRoot(name: string, cluster: { readonly node: { readonly id: string } }, where: Where): string {
  if (name !== rootName(cluster.node.id)) return name;
  throw new ArgosyError({
    code: 'invalid-name',
    where,
    what: `its name is ${shown(name)}`,
    why: 'the root Application and its AppProject have this name, and are made by the bootstrap alone',
    fix: 'choose another id',
  });
}
