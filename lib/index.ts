/**
 * The front door: what an `apps` folder declares with. Loads neither Pulumi, a Kubernetes client
 * nor the command line.
 */
export { Application, AppProject } from './argocd';
export { Cluster, Fleet } from './fleet';
export { ArgosyError } from './kube';
export { ArgoCd } from './operator';
export { CronTask, Migration, WebService, Worker } from './workload';

export type {
  ApplicationProps,
  AppProjectProps,
  AutomatedSync,
  HelmSource,
  ResourcePattern,
  SyncOption,
  SyncPolicyProps,
  SyncRetry,
} from './argocd';
export type { ClusterProps, FleetOptions, FleetProps } from './fleet';
export type { RenderedFleet, Repository } from './render';
export type { Code } from './kube';
export type { ArgoCdProps, OperatorSettings } from './operator';
export type {
  Cpu,
  CronTaskProps,
  HttpProbe,
  IngressProps,
  Memory,
  MigrationProps,
  PodProps,
  RolloutProps,
  SecretReference,
  WebServiceProps,
  WorkerProps,
  WorkloadProps,
} from './workload';
