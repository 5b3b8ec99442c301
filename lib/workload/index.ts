/**
 * workload: what teams run, as constructs: WebService, Worker, CronTask, Migration. Knows how a
 * pod is made that the restricted Pod Security Standard admits; does not know clusters' contents,
 * how Argo CD syncs, or where images come from. It builds on cdk8s-plus' typed `k8s` classes, not
 * on its high-level ones, which put a hash of the construct path into selectors.
 * Its law: moving a construct changes no name and no selector.
 */
export { CronTask, type CronTaskProps } from './cron-task';
export { Migration, type MigrationProps } from './migration';
export type { Cpu, Memory, PodProps, SecretReference } from './pod';
export type { RolloutProps } from './rollout';
export { WebService, type HttpProbe, type IngressProps, type WebServiceProps } from './web-service';
export { Worker, type WorkerProps } from './worker';
export type { WorkloadProps } from './workload';
