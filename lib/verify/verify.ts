import { formatIdentity, formatLocation, identityOf } from '../kube';
import type { Finding, Rule, RuleFinding, VerifiableCluster } from './finding';
import { withoutLists } from './lists';
import { emptyApplications } from './rules/empty-applications';
import { hookDeletePolicies } from './rules/hook-delete-policies';
import { hooks } from './rules/hooks';
import { names } from './rules/names';
import { projects } from './rules/projects';
import { root } from './rules/root';
import { secrets } from './rules/secrets';
import { selectors } from './rules/selectors';
import { sharedObjects } from './rules/shared-objects';
import { syncOptions } from './rules/sync-options';
import { syncWaves } from './rules/sync-waves';

const rules: readonly Rule[] = [
  emptyApplications,
  hookDeletePolicies,
  hooks,
  names,
  projects,
  root,
  secrets,
  selectors,
  sharedObjects,
  syncOptions,
  syncWaves,
];

/** Every finding of every rule over the whole fleet, in a stable order. Pure: paths are told relative to `folder`. */
export function verify(clusters: readonly VerifiableCluster[], folder: string): Finding[] {
  return clusters
    .map(withoutLists)
    .flatMap((cluster) => rules.flatMap((rule) => rule(cluster)).map((finding) => locate(finding, cluster, folder)))
    .map((finding) => ({ finding, key: sortKey(finding) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ finding }) => finding);
}

function locate({ unit, object, ...finding }: RuleFinding, cluster: VerifiableCluster, folder: string): Finding {
  const { origin } = object;
  return {
    ...finding,
    cluster: cluster.name,
    application: unit.folder.slice(unit.folder.indexOf('/') + 1),
    object: identityOf(object.manifest),
    ...(object.construct !== undefined && { construct: object.construct }),
    ...(origin && { location: formatLocation(origin, folder) }),
  };
}

function sortKey({ cluster, application, code, object, what }: Finding): string {
  return [cluster, application, code, formatIdentity(object), what].join('\0');
}
