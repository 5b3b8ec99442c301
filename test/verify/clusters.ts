import type { Manifest } from '../../lib/kube';
import { verify, type Finding, type VerifiableCluster } from '../../lib/verify';

/** A manifest with only what a test says of it. */
export interface Sketch {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: Partial<Manifest['metadata']>;
  readonly [field: string]: unknown;
}

export function manifest({ apiVersion = 'v1', kind = 'ConfigMap', metadata, ...fields }: Sketch): Manifest {
  return { apiVersion, kind, metadata: { name: 'x', ...metadata }, ...fields };
}

export const annotated = (annotations: Record<string, string>): Sketch => ({ metadata: { annotations } });

export interface Staging {
  /** Objects of each application, by its name. */
  readonly applications?: Readonly<Record<string, readonly Sketch[]>>;
  /** Changes of the `spec` of every Application. */
  readonly spec?: Readonly<Record<string, unknown>>;
  /** Changes of the `spec` of the project. */
  readonly project?: Readonly<Record<string, unknown>>;
  /** Further objects of `_root`. */
  readonly root?: readonly Sketch[];
}

export const repoURL = 'https://github.com/acme/platform.git';
export const server = 'https://kubernetes.default.svc';

/** A cluster `staging` whose applications deploy to the namespace `shop`, in the project `shop`. */
export function staging({ applications = { api: [{}] }, spec, project, root = [] }: Staging): VerifiableCluster {
  const argo = (kind: string, name: string, fields: Readonly<Record<string, unknown>>): Manifest => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind,
    metadata: { name, namespace: 'argocd' },
    spec: fields,
  });
  const objects = [
    argo('AppProject', 'shop', { sourceRepos: [repoURL], destinations: [{ server, namespace: 'shop' }], ...project }),
    ...Object.keys(applications).map((name) =>
      argo('Application', `staging-${name}`, {
        project: 'shop',
        source: { repoURL, path: `apps/manifests/staging/${name}` },
        destination: { server, namespace: 'shop' },
        ...spec,
      }),
    ),
    ...root.map(manifest),
  ];
  return {
    name: 'staging',
    argocdNamespace: 'argocd',
    root: { folder: 'staging/_root', objects: objects.map((each) => ({ manifest: each })) },
    applications: Object.entries(applications).map(([name, sketches]) => ({
      folder: `staging/${name}`,
      objects: sketches.map((sketch) => ({ manifest: manifest(sketch) })),
    })),
  };
}

/** The findings of a cluster, as `severity code application: what`. */
export function told(cluster: Staging): string[] {
  return verify([staging(cluster)], '.').map(line);
}

export function line({ severity, code, application, what }: Finding): string {
  return `${severity} ${code} ${application}: ${what}`;
}
