import { checkWhole } from '../kube';
import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { recordOrigin } from '../synth';
import { planPod } from './pod';
import { addObject, placeOf, type WorkloadProps } from './workload';

export interface MigrationProps extends WorkloadProps {
  /**
   * Tries after the first within one sync.
   * @default 0 - what stopped half way is looked at first; the sync's own `retry` tries anew
   */
  readonly backoffLimit?: number;
  /**
   * Seconds after which a run counts as failed. Without an end, a run that hangs blocks every sync.
   * @default 600
   */
  readonly activeDeadlineSeconds?: number;
}

/**
 * A Job that must succeed before its application changes: Argo CD's PreSync hook. When it
 * fails, the sync fails and the old version stays.
 *
 * It runs in every sync of the whole application, so it must be safe to repeat. It runs before
 * the application's other objects: on the first sync none of them exists, neither a ConfigMap
 * nor a Secret nor a ServiceAccount; what it needs comes from an application it depends on. The
 * last run is kept for reading until the next begins.
 *
 * Source: Argo CD docs/user-guide/sync-waves.md and gitops-engine/pkg/sync/hook.
 *
 * @throws ArgosyError `invalid-name`, `invalid-image`, `invalid-property` or `outside-of-cluster`
 */
export class Migration extends Construct {
  readonly name: string;
  /** The Job. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: MigrationProps) {
    super(scope, id);
    recordOrigin(this);
    const place = placeOf(this, props);
    const { name, labels, where } = place;
    this.name = name;
    const { backoffLimit = 0, activeDeadlineSeconds = 600 } = props;
    const job = k8s.KubeJob.manifest({
      metadata: {
        name,
        labels: { ...labels },
        annotations: {
          'argocd.argoproj.io/hook': 'PreSync',
          'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
        },
      },
      spec: {
        backoffLimit: checkWhole('backoffLimit', backoffLimit, { minimum: 0, maximum: 100 }, where),
        activeDeadlineSeconds: checkWhole(
          'activeDeadlineSeconds',
          activeDeadlineSeconds,
          { minimum: 1, maximum: 86_400 },
          where,
        ),
        template: planPod(props, { ...place, restartPolicy: 'Never' }, where),
      },
    });
    this.apiObject = addObject(this, job, props.patch);
  }
}
