import { annotationOf, type Manifest } from '../kube';

/** Phases in the order Argo CD runs them. */
export const syncPhases = ['PreSync', 'Sync', 'PostSync', 'SyncFail'] as const;
export type SyncPhase = (typeof syncPhases)[number];

/** Hook types an object may name. `Skip` keeps it out; the last two belong to deletion. */
export const hookTypes = [...syncPhases, 'Skip', 'PreDelete', 'PostDelete'] as const;

/** Source: gitops-engine/pkg/sync/hook/helm/type.go. */
const helmHooks: Readonly<Record<string, (typeof hookTypes)[number]>> = {
  'pre-install': 'PreSync',
  'pre-upgrade': 'PreSync',
  'post-install': 'PostSync',
  'post-upgrade': 'PostSync',
  'pre-delete': 'PreDelete',
  'post-delete': 'PostDelete',
};

/** One apply of one object in one phase. */
export interface SyncTask {
  readonly phase: SyncPhase;
  readonly wave: number;
  readonly manifest: Manifest;
  readonly hook: boolean;
}

/** Kinds in the order Argo CD applies them, whatever their group. Source: gitops-engine/pkg/sync/sync_tasks.go. */
const kindOrder = new Map(
  (
    'Namespace NetworkPolicy ResourceQuota LimitRange PodSecurityPolicy PodDisruptionBudget ServiceAccount Secret SecretList ' +
    'ConfigMap StorageClass PersistentVolume PersistentVolumeClaim CustomResourceDefinition ClusterRole ClusterRoleList ' +
    'ClusterRoleBinding ClusterRoleBindingList Role RoleList RoleBinding RoleBindingList Service DaemonSet Pod ' +
    'ReplicationController ReplicaSet Deployment HorizontalPodAutoscaler StatefulSet Job CronJob IngressClass Ingress APIService'
  )
    .split(' ')
    .map((kind, at, all) => [kind, at - all.length]),
);

/**
 * The tasks of one sync in Argo CD's order: phase, wave, kind, name. An object that names no
 * valid hook but names one, or that says `Skip`, makes no task: Argo CD drops it without a word.
 * It does not move a Namespace or CRD before its first user, and plans no prune.
 *
 * Mirrors `syncTasks.Less` in gitops-engine/pkg/sync/sync_tasks.go and `syncPhases` in
 * gitops-engine/pkg/sync/sync_phase.go.
 */
export function orderTasks(manifests: readonly Manifest[]): SyncTask[] {
  return manifests.flatMap(tasksOf).sort(compareTasks);
}

/** The hook types of an object: undefined without any hook annotation, empty when none is valid. */
export function hooksOf(manifest: Manifest): (typeof hookTypes)[number][] | undefined {
  const argo = annotationOf(manifest, 'argocd.argoproj.io/hook');
  const helm = annotationOf(manifest, 'helm.sh/hook');
  if (argo === undefined && helm === undefined) return undefined;
  const valid = split(argo).filter((type): type is (typeof hookTypes)[number] =>
    (hookTypes as readonly string[]).includes(type),
  );
  if (valid.length > 0) return valid;
  if (helm === undefined) return [];
  return [...new Set(split(helm).flatMap((type) => helmHooks[type] ?? []))];
}

/** The wave of an object: 0 for none or one that does not parse, after Helm's hook weight. */
export function waveOf(manifest: Manifest): number {
  for (const name of ['argocd.argoproj.io/sync-wave', 'helm.sh/hook-weight']) {
    const text = annotationOf(manifest, name);
    if (text !== undefined && /^[+-]?\d+$/.test(text)) return Number(text);
  }
  return 0;
}

function tasksOf(manifest: Manifest): SyncTask[] {
  const hooks = hooksOf(manifest);
  const wave = waveOf(manifest);
  if (hooks === undefined) return [{ phase: 'Sync', wave, manifest, hook: false }];
  return syncPhases.filter((phase) => hooks.includes(phase)).map((phase) => ({ phase, wave, manifest, hook: true }));
}

function compareTasks(a: SyncTask, b: SyncTask): number {
  return (
    syncPhases.indexOf(a.phase) - syncPhases.indexOf(b.phase) ||
    a.wave - b.wave ||
    (kindOrder.get(a.manifest.kind) ?? 0) - (kindOrder.get(b.manifest.kind) ?? 0) ||
    compareText(a.manifest.metadata.name, b.manifest.metadata.name)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function split(list: string | undefined): string[] {
  return (list ?? '').split(',').map((type) => type.trim());
}
