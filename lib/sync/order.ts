import type { Manifest } from '../kube';
import { hooksOf, syncPhases, type SyncPhase } from './hooks';
import { waveOf } from './wave';

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
