/** A Kubernetes object as plain data, as it stands in a file of `apps/manifests`. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ManifestMetadata;
  readonly [field: string]: unknown;
}

/** The part of `metadata` that Argosy reads. */
export interface ManifestMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly [field: string]: unknown;
}

/**
 * What makes an object the same object: group, kind, namespace and name, without the version.
 * Mirrors Argo CD's `kube.ResourceKey` (gitops-engine/pkg/utils/kube).
 */
export interface Identity {
  readonly group: string;
  readonly kind: string;
  /** Empty for an object that names no namespace. */
  readonly namespace: string;
  readonly name: string;
}

/** The identity of a manifest. */
export function identityOf(manifest: Manifest): Identity {
  const { apiVersion, kind, metadata } = manifest;
  return { group: groupOf(apiVersion), kind, namespace: metadata.namespace ?? '', name: metadata.name };
}

/** The API group of an `apiVersion`: empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** An identity as a reader writes it: `apps/Deployment shop/api`, `Namespace shop`. */
export function formatIdentity({ group, kind, namespace, name }: Identity): string {
  return `${group && `${group}/`}${kind} ${namespace && `${namespace}/`}${name}`;
}

/** An annotation's value, or undefined. */
export function annotationOf(manifest: Manifest, name: string): string | undefined {
  return manifest.metadata.annotations?.[name];
}
