import { k8s } from 'cdk8s-plus-28';
import { checkWhole, type Where } from '../kube';
import type { WorkloadPlace } from './workload';

export interface RolloutProps {
  /**
   * Pods that run at once; 0 pauses the workload.
   * @default 1
   */
  readonly replicas?: number;
  /**
   * Seconds a new pod must stay ready before it counts, and the next old one goes.
   * @default 0 - as Kubernetes
   */
  readonly minReadySeconds?: number;
}

/**
 * The Deployment of long-running pods. `gradual` adds a pod before it takes one away, so that
 * never fewer run than declared; without, all old pods end before the first new one starts.
 *
 * @throws ArgosyError `invalid-property`
 */
export function planDeployment(
  { name, labels, selector, where }: WorkloadPlace,
  props: RolloutProps,
  template: k8s.PodTemplateSpec,
  gradual: boolean,
): k8s.KubeDeploymentProps {
  const minReadySeconds = checkSeconds(props.minReadySeconds ?? 0, where);
  const replicas = replicasOf(props, where);
  return {
    metadata: { name, labels: { ...labels } },
    spec: {
      replicas,
      ...(minReadySeconds > 0 && { minReadySeconds }),
      revisionHistoryLimit: 3,
      selector: { matchLabels: { ...selector } },
      strategy: gradual
        ? {
            type: 'RollingUpdate',
            rollingUpdate: { maxSurge: k8s.IntOrString.fromNumber(1), maxUnavailable: k8s.IntOrString.fromNumber(0) },
          }
        : { type: 'Recreate' },
      template: replicas > 1 ? spread(template, selector) : template,
    },
  };
}

/** Pods of one workload prefer different nodes: else the loss of one may take them all. */
function spread(template: k8s.PodTemplateSpec, selector: Readonly<Record<string, string>>): k8s.PodTemplateSpec {
  const constraint = {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: { ...selector } },
  };
  return { ...template, spec: { ...template.spec!, topologySpreadConstraints: [constraint] } };
}

/** The declared number of pods. */
export function replicasOf({ replicas = 1 }: RolloutProps, where: Where): number {
  return checkWhole('replicas', replicas, { minimum: 0, maximum: 10_000 }, where);
}

function checkSeconds(seconds: number, where: Where): number {
  // Beyond the Deployment's progress deadline of 600 s it could never finish.
  return checkWhole('minReadySeconds', seconds, { minimum: 0, maximum: 599 }, where);
}
