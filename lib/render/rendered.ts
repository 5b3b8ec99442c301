import { formatIdentity, identityOf, toYaml, type Location, type Manifest } from '../kube';
import type { TreeFile } from './tree';

/**
 * A fleet rendered to plain data: what `apps/manifests` holds, with the provenance of every
 * object. It can be sent between threads; it holds no construct.
 */
export interface RenderedFleet {
  readonly version: 1;
  readonly repository: Repository;
  /** In the order the clusters were declared, which is the order of promotion. */
  readonly clusters: readonly RenderedCluster[];
}

/** The Git repository that Argo CD watches. */
export interface Repository {
  /** Any URL Git can read: `https://…`, `ssh://…`, `git@host:path` or `file:///…`. */
  readonly url: string;
  /**
   * Branch or tag that Argo CD follows.
   * @default 'main'
   */
  readonly revision?: string;
  /**
   * Folder of the repository that holds the manifests.
   * @default 'apps/manifests'
   */
  readonly path?: string;
}

export interface RenderedCluster {
  readonly name: string;
  /** Kubernetes version, such as `1.36`. */
  readonly kubernetes: string;
  /** Namespace of Argo CD on this cluster. */
  readonly argocdNamespace: string;
  /** The Applications and AppProjects, in `<cluster>/_root`. */
  readonly root: RenderedUnit;
  /** What each Application syncs, in `<cluster>/<app>`. */
  readonly applications: readonly RenderedUnit[];
}

export interface RenderedUnit {
  /** Folder below the manifests' folder, such as `staging/api`. */
  readonly folder: string;
  readonly objects: readonly RenderedObject[];
}

export interface RenderedObject {
  readonly manifest: Manifest;
  /** File below the unit's folder, such as `shop/deployment-api.yaml`. */
  readonly file: string;
  /** Path of the construct that made the object. */
  readonly construct: string;
  readonly origin?: Location;
}

/** The folder of a cluster's Applications and AppProjects: a name no application can take. */
export const rootFolder = '_root';

/** Name of a cluster's root Application, and of its AppProject. */
export function rootName(cluster: string): string {
  return `${cluster}-root`;
}

/** The files of a rendered fleet, in a stable order. */
export function filesOf(fleet: RenderedFleet): TreeFile[] {
  return fleet.clusters
    .flatMap(({ root, applications }) => [root, ...applications])
    .flatMap(({ folder, objects }) =>
      objects.map(({ manifest, file, construct }) => ({
        path: `${folder}/${file}`,
        content: toYaml(manifest, { construct, object: formatIdentity(identityOf(manifest)) }),
      })),
    );
}
