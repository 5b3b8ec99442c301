import { checkLabel, checkRepositoryUrl, checkText, type Where } from '../kube';

/** A Helm chart that Argo CD renders itself. */
export interface HelmSource {
  /** Name of the chart in the repository. */
  readonly chart: string;
  /** Helm repository, or an OCI registry without its `oci://`. */
  readonly repoURL: string;
  /** Exact version of the chart. */
  readonly version: string;
  /**
   * Name of the release.
   * @default - the name of the Application
   */
  readonly releaseName?: string;
  /**
   * Values, merged over the chart's own.
   * @default {}
   */
  readonly values?: Readonly<Record<string, unknown>>;
}

const chartForm = { pattern: /^[A-Za-z0-9][\w./-]*$/, why: 'it is the name of a chart', example: 'argo-cd' };
const versionForm = {
  pattern: /^v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/,
  why: 'it is one version, so that Git says what runs',
  example: '10.9.5',
};

/**
 * `spec.source` of an Application that renders a chart.
 *
 * @throws ArgosyError `invalid-property` or `invalid-name`
 */
export function helmSource(source: HelmSource, where: Where): Readonly<Record<string, unknown>> {
  checkRepositoryUrl('source.repoURL', source.repoURL, where, 'chart');
  if (source.releaseName !== undefined) checkLabel('source.releaseName', source.releaseName, where, { maximum: 53 });
  checkText('source.chart', source.chart, chartForm, where);
  checkText('source.version', source.version, versionForm, where);
  return {
    repoURL: source.repoURL,
    chart: source.chart,
    targetRevision: source.version,
    helm: { releaseName: source.releaseName, valuesObject: source.values },
  };
}

/**
 * `spec.source` of an Application that reads plain manifests. `directory` is explicit, for a
 * stray Chart.yaml or kustomization.yaml would change the tool otherwise (Argo CD
 * `util/app/discovery`); the folder is read recursively, for there is one folder a namespace.
 */
export function directorySource(
  repository: { readonly url: string; readonly revision: string; readonly path: string },
  folder: string,
): Readonly<Record<string, unknown>> {
  return {
    repoURL: repository.url,
    targetRevision: repository.revision,
    path: `${repository.path}/${folder}`,
    directory: { recurse: true },
  };
}
