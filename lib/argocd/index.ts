/**
 * argocd: Argo CD's own resources as constructs. Knows what an Application and an AppProject
 * hold; does not know Helm values, workloads or how a cluster is bootstrapped.
 * Its law: what constructs and compiles, the real Argo CD accepts without a condition.
 */
export { Application, type ApplicationProps } from './application';
export { AppProject, type AppProjectProps, type ResourcePattern } from './project';
export { rootApplication, rootProject, type RootOf } from './root';
export type { HelmSource } from './source';
export type { AutomatedSync, SyncOption, SyncPolicyProps, SyncRetry } from './sync-policy';
