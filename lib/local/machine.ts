/**
 * The local machine: the real parts as child processes on loopback, in one state folder, ending
 * with argosy. It knows how each part is started, known to serve, and stopped. It does not know
 * where the programs come from, what a fleet is, or what is applied to the cluster. Its one law:
 * no process, port or file outside the state folder outlives the run, however the run ends.
 */
export { startArgoCd } from './argocd';
export type { ArgoCdOptions, ArgoCdProcesses } from './argocd';
export type { ArgoCdPorts } from './argocd-parts';
export { startControlPlane } from './control-plane';
export type { ControlPlane, ControlPlaneOptions } from './control-plane';
export { downState } from './down';
export type { DownResult } from './down';
export type { OnProgress, Progress } from './progress';
export type { ArgoCdSettings, WithoutEffect } from './settings';
export { findRun, openState } from './state';
export type { OpenStateOptions, PartRecord, RunRecord, StateFolder } from './state';
export { Supervisor } from './supervisor';
export type { PartSpec } from './supervisor';
