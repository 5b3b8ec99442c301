/**
 * The pinned Argo CD and its official Helm chart: the one place that names them. Chart 10.9.5
 * ships v3.5.3 by itself; `image.tag` raises it to the pinned patch release of the same minor,
 * which the CRDs and the local run use too.
 *
 * Releases 3.3.0 and 3.3.1 have a migration bug and are refused.
 */
export const argoCdRelease = {
  /** Argo CD's version, without the `v`. */
  version: '3.5.7',
  chart: {
    name: 'argo-cd',
    version: '10.9.5',
    repository: 'https://argoproj.github.io/argo-helm',
    /** The same chart in an OCI registry. */
    oci: 'oci://ghcr.io/argoproj/argo-helm/argo-cd',
  },
} as const;

/** Versions that must not be run. */
export const refusedVersions: readonly string[] = ['3.3.0', '3.3.1'];

/** Files of the CRDs, below `manifests/crds` of the release. */
export const crdFiles = ['application-crd.yaml', 'applicationset-crd.yaml', 'appproject-crd.yaml'] as const;

/** Public home of the CRDs of a version. */
export function crdUrl(version: string): string {
  return `https://raw.githubusercontent.com/argoproj/argo-cd/v${version}/manifests/crds`;
}
