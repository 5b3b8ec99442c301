import { Application, CronTask, type AppProject, type Cluster } from '../../lib';
import type { Environment } from '../environments';
import type { ShopApi } from './api';

export interface ShopReportProps {
  readonly project: AppProject;
  readonly environment: Environment;
  readonly api: ShopApi;
}

/** The day's figures, written while the shop's customers sleep. */
export class ShopReport extends Application {
  constructor(scope: Cluster, id: string, { project, environment, api }: ShopReportProps) {
    super(scope, id, { project, namespace: 'shop' });

    new CronTask(this, 'report', {
      image: environment.images.report,
      schedule: '30 3 * * *',
      timeZone: 'Europe/Berlin',
      command: ['wget', '-q', '-O', '-', `http://${api.service.address}/api/info`],
      memory: '32Mi',
    });
  }
}
