/**
 * operator: the one source of Argo CD's version, chart and values. Knows what teams set on Argo
 * CD and how the chart says it; does not know Pulumi or how processes are started.
 * Its law: the bootstrap, the self-managing Application and the local run read one plan.
 */
export { ArgoCd, type ArgoCdProps } from './argo-cd';
export { applicationHealth } from './health';
export {
  planOperator,
  releaseName,
  settingsManifests,
  settingsOf,
  type OperatorPlan,
  type OperatorSettings,
} from './plan';
export { argoCdRelease, crdFiles, crdUrl } from './release';
