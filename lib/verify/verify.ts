import { relative } from 'node:path';
import { formatIdentity, identityOf } from '../kube';
import type { Finding, Rule, RuleFinding, VerifiableCluster } from './finding';
import { hooks } from './rules/hooks';
import { projects } from './rules/projects';
import { root } from './rules/root';
import { sharedObjects } from './rules/shared-objects';
import { syncOptions } from './rules/sync-options';

const rules: readonly Rule[] = [hooks, projects, root, sharedObjects, syncOptions];

/** Every finding of every rule over the whole fleet, in a stable order. Pure: paths are told relative to `folder`. */
export function verify(clusters: readonly VerifiableCluster[], folder: string): Finding[] {
  return clusters
    .flatMap((cluster) => rules.flatMap((rule) => rule(cluster)).map((finding) => locate(finding, cluster, folder)))
    .sort((a, b) => compare(sortKey(a), sortKey(b)));
}

function locate({ unit, object, ...finding }: RuleFinding, cluster: VerifiableCluster, folder: string): Finding {
  const { origin } = object;
  return {
    ...finding,
    cluster: cluster.name,
    application: unit.folder.slice(unit.folder.indexOf('/') + 1),
    object: identityOf(object.manifest),
    ...(object.construct !== undefined && { construct: object.construct }),
    ...(origin && { location: `${relative(folder, origin.file)}:${origin.line}:${origin.column}` }),
  };
}

function sortKey({ cluster, application, code, object, what }: Finding): string {
  return [cluster, application, code, formatIdentity(object), what].join('\0');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
