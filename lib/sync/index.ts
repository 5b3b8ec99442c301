/**
 * sync: Argo CD's order of one sync, as a pure function over manifests. Knows phases, waves,
 * kinds and hooks; does not know clusters, health or time.
 * Its law: the order depends on the objects alone, not on the order they come in.
 */
export { entriesOf } from './annotations';
export {
  helmHookAnnotation,
  helmTypeOf,
  hookAnnotation,
  hooksOf,
  hookTypes,
  isHookType,
  syncPhases,
  type HookType,
  type SyncPhase,
} from './hooks';
export { orderTasks, type SyncTask } from './order';
export { hookWeightAnnotation, parseWave, waveAnnotation, waveOf } from './wave';
