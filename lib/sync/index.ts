/**
 * sync: Argo CD's order of one sync, as a pure function over manifests. Knows phases, waves,
 * kinds and hooks; does not know clusters, health or time.
 * Its law: the order depends on the objects alone, not on the order they come in.
 */
export { hooksOf, hookTypes, orderTasks, syncPhases, waveOf, type SyncPhase, type SyncTask } from './order';
