import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { recordOrigin } from '../synth';
import { planPod } from './pod';
import { planDeployment, type RolloutProps } from './rollout';
import { addObject, placeOf, type WorkloadProps } from './workload';

export interface WorkerProps extends WorkloadProps, RolloutProps {
  /**
   * Whether old and new pods may run side by side during an update.
   * @default true
   */
  readonly overlap?: boolean;
}

/**
 * A process that runs all the time and that nobody calls: a Deployment without a Service. It has
 * no probes; a worker that cannot go on should exit, and is started again.
 *
 * @throws ArgosyError `invalid-name`, `invalid-image`, `invalid-property` or `outside-of-cluster`
 */
export class Worker extends Construct {
  readonly name: string;
  /** The Deployment. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: WorkerProps) {
    super(scope, id);
    recordOrigin(this);
    const place = placeOf(this, props);
    this.name = place.name;
    const pods = planPod(props, place, place.where);
    const deployment = planDeployment(place, props, pods, props.overlap ?? true);
    this.apiObject = addObject(this, k8s.KubeDeployment.manifest(deployment), props.patch);
  }
}
