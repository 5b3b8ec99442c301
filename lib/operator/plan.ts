import { ArgosyError, checkWhole, shown, type Manifest, type Where } from '../kube';
import { applicationHealth } from './health';
import { argoCdRelease, refusedVersions } from './release';

export interface OperatorSettings {
  /**
   * Version of Argo CD, without the `v`.
   * @default - the pinned one, see `argoCdRelease`
   */
  readonly version?: string;
  /**
   * Version of the official argo-cd Helm chart.
   * @default - the pinned one, see `argoCdRelease`
   */
  readonly chartVersion?: string;
  /**
   * Host name of Argo CD's UI and API, as its links and SSO name it. It makes no Ingress.
   * @default - the chart's own, argocd.example.com
   */
  readonly domain?: string;
  /**
   * Two replicas of repo-server, API server and ApplicationSet controller, and Redis with Sentinel
   * on three nodes. The application-controller stays one replica a shard.
   * @default false
   */
  readonly highAvailability?: boolean;
  /**
   * How often Git is polled, and how fast drift is put back.
   * @default {} - as Argo CD
   */
  readonly reconciliation?: {
    /**
     * Seconds between two looks at a branch.
     * @default 120 - as Argo CD
     */
    readonly pollSeconds?: number;
    /**
     * Most seconds added to each look at random.
     * @default 60 - as Argo CD
     */
    readonly jitterSeconds?: number;
    /**
     * Seconds of drift before self-heal acts. Later tries back off.
     * @default 5 - as Argo CD
     */
    readonly selfHealSeconds?: number;
  };
  /**
   * The application-controller.
   * @default {} - one shard, as Argo CD
   */
  readonly controller?: {
    /**
     * Shards, one replica each.
     * @default 1
     */
    readonly shards?: number;
    /**
     * Applications whose status is computed at once, in each shard.
     * @default 20 - as Argo CD
     */
    readonly statusProcessors?: number;
    /**
     * Syncs that run at once, in each shard.
     * @default 10 - as Argo CD
     */
    readonly operationProcessors?: number;
  };
  /**
   * The repo-server.
   * @default {} - ten manifest generations at once
   */
  readonly repoServer?: {
    /**
     * Replicas.
     * @default 1, or 2 with highAvailability
     */
    readonly replicas?: number;
    /**
     * Manifest generations that run at once, in each replica.
     * @default 10 - Argo CD sets no limit, and a monorepo's merge can exhaust memory
     */
    readonly parallelism?: number;
  };
  /**
   * RBAC policy of people, in Argo CD's CSV, and the role of whoever matches nothing.
   * @default - no role at all without a match
   */
  readonly rbac?: { readonly policy?: string; readonly defaultRole?: string };
  /**
   * Values of the chart, merged over everything above: the escape hatch.
   * @default {}
   */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** Everything about one Argo CD that the bootstrap, the self-managing Application and the local run read. */
export interface OperatorPlan {
  readonly version: string;
  readonly namespace: string;
  readonly releaseName: string;
  readonly chart: { readonly name: string; readonly version: string; readonly repository: string };
  /** Values of the Helm release. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Name of the Helm release. It never changes: selectors are immutable. */
export const releaseName = 'argocd';

/**
 * The plan of an Argo CD from its settings: pure, with every default said aloud.
 *
 * @throws ArgosyError `invalid-property`
 */
export function planOperator(settings: OperatorSettings, namespace: string, where: Where = {}): OperatorPlan {
  const version = settings.version ?? argoCdRelease.version;
  checkVersion(version, where);
  const { reconciliation = {}, controller = {}, repoServer = {}, rbac = {}, highAvailability = false } = settings;
  const { pollSeconds = 120, jitterSeconds = 60, selfHealSeconds = 5 } = reconciliation;
  const { shards = 1, statusProcessors = 20, operationProcessors = 10 } = controller;
  const { replicas = highAvailability ? 2 : 1, parallelism = 10 } = repoServer;
  const counts = { pollSeconds, selfHealSeconds, shards, statusProcessors, operationProcessors, replicas, parallelism };
  for (const [name, value] of Object.entries(counts)) {
    checkWhole(name, value, { minimum: 1, maximum: 1_000_000 }, where);
  }
  checkWhole('jitterSeconds', jitterSeconds, { minimum: 0, maximum: 1_000_000 }, where);

  const values = {
    global: {
      ...(settings.domain !== undefined && { domain: settings.domain }),
      image: { tag: `v${version}` },
    },
    crds: { install: false },
    // Its hook Job loops as a PreSync hook once Argo CD manages itself; the bootstrap makes the Secret.
    redisSecretInit: { enabled: false },
    'redis-ha': { enabled: highAvailability },
    dex: { enabled: false },
    notifications: { enabled: false },
    controller: { replicas: shards },
    server: { replicas: highAvailability ? 2 : 1 },
    applicationSet: { replicas: highAvailability ? 2 : 1 },
    repoServer: { replicas },
    configs: {
      cm: {
        'application.resourceTrackingMethod': 'annotation',
        'exec.enabled': false,
        'resource.customizations.health.argoproj.io_Application': applicationHealth,
        'timeout.reconciliation': `${pollSeconds}s`,
        'timeout.reconciliation.jitter': `${jitterSeconds}s`,
      },
      params: {
        'controller.operation.processors': operationProcessors,
        'controller.self.heal.timeout.seconds': selfHealSeconds,
        'controller.status.processors': statusProcessors,
        'reposerver.parallelism.limit': parallelism,
      },
      rbac: { 'policy.csv': rbac.policy ?? '', 'policy.default': rbac.defaultRole ?? '' },
    },
  };
  return {
    version,
    namespace,
    releaseName,
    chart: { ...argoCdRelease.chart, version: settings.chartVersion ?? argoCdRelease.chart.version },
    values: merge(values, settings.values ?? {}),
  };
}

/** Argo CD's settings as its processes read them: the data of each ConfigMap that the values set. */
export function settingsOf(
  plan: Pick<OperatorPlan, 'values'>,
): Readonly<Record<'cm' | 'params' | 'rbac', Readonly<Record<string, string>>>> {
  const configs = (plan.values['configs'] ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const data = (name: string): Record<string, string> =>
    Object.fromEntries(Object.entries(configs[name] ?? {}).map(([key, value]) => [key, String(value)]));
  return { cm: data('cm'), params: data('params'), rbac: data('rbac') };
}

/** The ConfigMaps that the chart would make of the values, with the keys that the values set. */
export function settingsManifests(plan: Pick<OperatorPlan, 'namespace' | 'values'>): Manifest[] {
  const { cm, params, rbac } = settingsOf(plan);
  return Object.entries({ 'argocd-cm': cm, 'argocd-cmd-params-cm': params, 'argocd-rbac-cm': rbac }).map(
    ([name, data]) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name,
        namespace: plan.namespace,
        labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'argocd' },
      },
      data,
    }),
  );
}

function merge(
  base: Readonly<Record<string, unknown>>,
  over: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const under = merged[key];
    merged[key] = isMap(under) && isMap(value) ? merge(under, value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkVersion(version: string, where: Where): void {
  if (/^\d+\.\d+\.\d+$/.test(version) && !refusedVersions.includes(version)) return;
  throw new ArgosyError({
    code: 'invalid-property',
    where,
    what: `version is ${shown(version)}`,
    why: refusedVersions.includes(version)
      ? 'this release has a bug that breaks the move to server-side apply'
      : 'it is a released version, as three numbers',
    fix: `use '${argoCdRelease.version}', or leave it out`,
  });
}
