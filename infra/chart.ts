import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ArgosyError, shown } from '../lib/kube';
import { argoCdRelease, type OperatorPlan } from '../lib/operator';

/** Where the chart comes from. Its name and version are the plan's, wherever that is. */
export type ChartSource =
  /** @default url - the plan's repository */
  | { readonly from: 'repository'; readonly url?: string }
  /** @default url - the chart's public registry */
  | { readonly from: 'oci'; readonly url?: string }
  | { readonly from: 'folder'; readonly path: string };

/** What `helm.v3.Release` needs to find a chart. */
export interface ChartInputs {
  readonly chart: string;
  readonly version: string;
  readonly repositoryOpts?: { readonly repo: string };
}

/**
 * The inputs by which Helm finds the plan's chart. A folder is read here, for Helm would take whatever chart and
 * version it holds: the self-managing Application would then move Argo CD to another one at once.
 *
 * @throws ArgosyError `invalid-chart`
 */
export function chartInputs(source: ChartSource, { chart }: OperatorPlan): ChartInputs {
  const { version } = chart;
  if (source.from === 'repository')
    return { chart: chart.name, version, repositoryOpts: { repo: source.url ?? chart.repository } };
  if (source.from === 'oci') return { chart: source.url ?? argoCdRelease.chart.oci, version };
  checkFolder(source.path, chart);
  return { chart: source.path, version };
}

function checkFolder(path: string, { name, version }: OperatorPlan['chart']): void {
  let chart: { readonly name?: unknown; readonly version?: unknown } | null;
  try {
    chart = parse(readFileSync(join(path, 'Chart.yaml'), 'utf8'), { maxAliasCount: 0 }) as typeof chart;
  } catch (cause) {
    throw invalid(path, `its Chart.yaml cannot be read: ${(cause as Error).message.split('\n')[0]}`, cause);
  }
  if (chart?.name === name && chart.version === version) return;
  throw invalid(path, `it holds the chart ${shown(chart?.name)} ${shown(chart?.version)}`);

  function invalid(location: string, what: string, cause?: unknown): ArgosyError {
    return new ArgosyError({
      code: 'invalid-chart',
      where: { location },
      what,
      why: `the fleet declares the chart ${shown(name)} ${shown(version)}, which Argo CD keeps itself at afterwards`,
      fix: `unpack it there (helm pull ${name} --repo ${argoCdRelease.chart.repository} --version ${version} --untar)`,
      ...(cause !== undefined && { cause }),
    });
  }
}
