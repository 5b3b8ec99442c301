import { settingsTable } from './generated/argocd-settings';

/** The components of Argo CD that run locally. */
export type Component = keyof typeof settingsTable;

/** The data of Argo CD's ConfigMaps that reach its components as environment variables. */
export interface ArgoCdSettings {
  /** Data of `argocd-cmd-params-cm`. */
  readonly params: Readonly<Record<string, string>>;
  /** Data of `argocd-cm`; all but its timeouts is read by the components from the API. */
  readonly cm: Readonly<Record<string, string>>;
}

/** A setting that changes nothing on this machine, and why. */
export interface WithoutEffect {
  readonly key: string;
  readonly reason: string;
}

/** Settings that name other places of a cluster: the local run decides these, by flags. */
const decidedLocally: Readonly<Record<string, string>> = {
  'repo.server': 'the local repo-server is used',
  'redis.server': 'the local redis is used',
  'commit.server': 'no commit-server runs locally',
  'hydrator.enabled': 'no commit-server runs locally',
  'otlp.address': 'nothing is sent to a collector',
  'otlp.insecure': 'nothing is sent to a collector',
  'otlp.headers': 'nothing is sent to a collector',
  'otlp.attrs': 'nothing is sent to a collector',
  'reposerver.listen.address': 'it listens on 127.0.0.1',
  'reposerver.metrics.listen.address': 'it listens on 127.0.0.1',
  'applicationsetcontroller.enable.leader.election': 'it runs once',
};

/** Transport security between the components: on loopback they speak plaintext. */
const transport =
  /^(reposerver\.(disable\.tls|tls\.|client\.ca\.)|(controller|applicationsetcontroller)\.repo\.server\.(plaintext|strict\.tls|ca\.|client\.))/;

/**
 * The environment that a component's manifest would give it from these settings, as Kubernetes
 * does with `configMapKeyRef`: a key that is absent leaves its variable unset.
 */
export function settingsEnvironment(component: Component, { params, cm }: ArgoCdSettings): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [variable, map, key] of settingsTable[component]) {
    const value = (map === 'argocd-cm' ? cm : params)[key];
    if (value !== undefined && reasonWithoutEffect(key) === undefined) environment[variable] = value;
  }
  return environment;
}

/** The keys of `argocd-cmd-params-cm` that the local run does not follow, sorted. */
export function settingsWithoutEffect({ params }: ArgoCdSettings): readonly WithoutEffect[] {
  const known = new Set<string>(
    Object.values(settingsTable).flatMap((rows) => rows.flatMap(([, map, key]) => (map === 'argocd-cm' ? [] : [key]))),
  );
  return Object.keys(params)
    .sort()
    .flatMap((key) => {
      const reason =
        reasonWithoutEffect(key) ?? (known.has(key) ? undefined : 'no component that runs locally reads it');
      return reason === undefined ? [] : [{ key, reason }];
    });
}

/** The keys whose change reaches a component only when it is started anew, for it reads them from its environment; sorted. */
export function settingsForRestart(before: ArgoCdSettings, after: ArgoCdSettings): readonly string[] {
  const keys = (Object.keys(settingsTable) as Component[]).flatMap((component) => {
    const [old, now] = [settingsEnvironment(component, before), settingsEnvironment(component, after)];
    return settingsTable[component].flatMap(([variable, , key]) => (old[variable] === now[variable] ? [] : [key]));
  });
  return [...new Set<string>(keys)].sort();
}

function reasonWithoutEffect(key: string): string | undefined {
  return decidedLocally[key] ?? (transport.test(key) ? 'the components speak plaintext on 127.0.0.1' : undefined);
}
