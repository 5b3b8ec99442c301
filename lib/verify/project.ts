import type { Destination } from './applications';
import { listOf, mapOf, textOf } from './fields';
import { matchesGlob } from './match/glob';
import { normalizeGitUrl } from './match/git-url';
import { matchesPath } from './match/path';

/** `spec` of an AppProject, as it stands in Git. Global projects (`argocd-cm`) are not known. */
export type ProjectSpec = Readonly<Record<string, unknown>>;

/**
 * Whether a project permits a source: one entry must match, and no `!x` may hit. A `!x` that does
 * not hit matches. Mirrors `IsSourcePermitted` in app_project_types.go.
 */
export function permitsSource(project: ProjectSpec, repoURL: string): boolean {
  const source = normalizeGitUrl(repoURL);
  let matched = false;
  for (const entry of listOf(project['sourceRepos']).map(textOf)) {
    const denies = entry.startsWith('!');
    const pattern = denies ? `!${normalizeGitUrl(entry.slice(1))}` : normalizeGitUrl(entry);
    if (matches(pattern, source, '/')) matched = true;
    else if (denies) return false;
  }
  return matched;
}

/**
 * Whether a project permits a destination, by its server or by its name. A `!namespace` is
 * enforced where the same entry's server matches. Does not know which clusters belong to a
 * project (`permitOnlyProjectScopedClusters`).
 * Mirrors `isDestinationMatched` in app_project_types.go, its precedence of `||` and `&&` included.
 */
export function permitsDestination(project: ProjectSpec, destination: Destination): boolean {
  let matched = false;
  for (const item of destinationItems(project)) {
    const name = destination.name !== '' && matches(item.name, destination.name);
    const server = destination.server !== '' && matches(item.server, destination.server);
    const namespace = matches(item.namespace, destination.namespace);
    if ((server || name) && namespace) matched = true;
    else if ((!name && item.name.startsWith('!')) || (!server && item.server.startsWith('!') && namespace))
      return false;
    else if (!namespace && item.namespace.startsWith('!') && server) return false;
  }
  return matched;
}

/** Whether a refusal depends on the half of the destination that Git does not tell: its server, or its name. */
export function isUndecided(project: ProjectSpec, { server, name }: Destination): boolean {
  const unknown = name === '' ? 'name' : 'server';
  return (name === '') !== (server === '') && destinationItems(project).some((item) => item[unknown] !== '');
}

/**
 * Whether a project permits a kind: the lists of the cluster for what has no namespace, where a
 * missing list permits nothing; the lists of namespaces for the rest, where a missing list permits
 * all. A blacklist wins. Mirrors `IsGroupKindNamePermitted` in app_project_types.go and
 * `isNamedResourceInList` in types.go.
 */
export function permitsKind(
  project: ProjectSpec,
  { group, kind, name, namespaced }: { group: string; kind: string; name: string; namespaced: boolean },
): boolean {
  const listed = (list: unknown): boolean =>
    listOf(list)
      .map(mapOf)
      .some((item) => {
        const named = namespaced ? '' : textOf(item['name']);
        return (
          matchesPath(textOf(item['kind']), kind) &&
          matchesPath(textOf(item['group']), group) &&
          (named === '' || matchesPath(named, name))
        );
      });
  const white = project[namespaced ? 'namespaceResourceWhitelist' : 'clusterResourceWhitelist'];
  const black = project[namespaced ? 'namespaceResourceBlacklist' : 'clusterResourceBlacklist'];
  return ((namespaced && white == null) || listed(white)) && !listed(black);
}

function destinationItems(project: ProjectSpec): { server: string; name: string; namespace: string }[] {
  return listOf(project['destinations']).map((item) => {
    const { server, name, namespace } = mapOf(item);
    return { server: textOf(server), name: textOf(name), namespace: textOf(namespace) };
  });
}

/** Mirrors `globMatch` in app_project_types.go: a lone `*` is all, `!x` is what `x` does not match. */
function matches(pattern: string, text: string, separators = ''): boolean {
  if (pattern.startsWith('!')) return !matchesGlob(pattern.slice(1), text, separators);
  return pattern === '*' || matchesGlob(pattern, text, separators);
}
