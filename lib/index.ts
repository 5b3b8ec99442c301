/**
 * The front door: what an `apps` folder declares with. Loads neither Pulumi, a Kubernetes client
 * nor the command line.
 */
export { Application, AppProject } from './argocd';
export { Cluster, Fleet } from './fleet';
export { ArgosyError } from './kube';
export { ArgoCd } from './operator';

export type {
  ApplicationProps,
  AppProjectProps,
  AutomatedSync,
  HelmSource,
  ResourcePattern,
  SyncOption,
  SyncRetry,
} from './argocd';
export type { ClusterProps, FleetOptions, FleetProps, RenderedFleet, Repository } from './fleet';
export type { Code } from './kube';
export type { ArgoCdProps, OperatorSettings } from './operator';
