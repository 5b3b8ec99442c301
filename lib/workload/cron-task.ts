import { checkWhole } from '../kube';
import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { recordOrigin } from '../synth';
import { planPod } from './pod';
import { checkSchedule, checkTimeZone } from './schedule';
import { addObject, placeOf, type WorkloadProps } from './workload';

export interface CronTaskProps extends WorkloadProps {
  /** When it runs, as five cron fields: `0 3 * * *` is every night at three. */
  readonly schedule: string;
  /**
   * Time zone of the schedule.
   * @default 'Etc/UTC' - else it would be the one of the controller's machine
   */
  readonly timeZone?: string;
  /**
   * What happens when it is time and the last run still goes on.
   * @default 'Forbid' - this time is left out
   */
  readonly concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace';
  /**
   * Tries after the first, should a run fail or its node go.
   * @default 2
   */
  readonly backoffLimit?: number;
  /**
   * Seconds after which a run counts as failed. Without an end, a run that hangs forbids all to come.
   * @default 3600
   */
  readonly activeDeadlineSeconds?: number;
  /**
   * Whether it waits instead of running.
   * @default false
   */
  readonly suspend?: boolean;
}

/**
 * A task that runs by the clock: a CronJob. It keeps one successful run and three failed ones for
 * reading. It makes no promise that a run starts to the second, or only once.
 *
 * @throws ArgosyError `invalid-name`, `invalid-image`, `invalid-property` or `outside-of-cluster`
 */
export class CronTask extends Construct {
  readonly name: string;
  /** The CronJob. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: CronTaskProps) {
    super(scope, id);
    recordOrigin(this);
    // The controller appends 11 characters to name a Job (Kubernetes apis/batch/validation).
    const place = placeOf(this, props, 52);
    const { name, labels, where } = place;
    this.name = name;
    const { backoffLimit = 2, activeDeadlineSeconds = 3600 } = props;
    const cronJob = k8s.KubeCronJob.manifest({
      metadata: { name, labels: { ...labels } },
      spec: {
        schedule: checkSchedule(props.schedule, where),
        timeZone: checkTimeZone(props.timeZone ?? 'Etc/UTC', where),
        concurrencyPolicy: props.concurrencyPolicy ?? 'Forbid',
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        ...(props.suspend && { suspend: true }),
        jobTemplate: {
          metadata: { labels: { ...labels } },
          spec: {
            backoffLimit: checkWhole('backoffLimit', backoffLimit, { minimum: 0, maximum: 100 }, where),
            activeDeadlineSeconds: checkWhole(
              'activeDeadlineSeconds',
              activeDeadlineSeconds,
              { minimum: 1, maximum: 604_800 },
              where,
            ),
            template: planPod(props, { ...place, restartPolicy: 'Never' }, where),
          },
        },
      },
    });
    this.apiObject = addObject(this, cronJob, props.patch);
  }
}
