import { Application, Worker, type AppProject, type Cluster } from '../../lib';
import type { Environment } from '../environments';
import type { ShopApi } from './api';

export interface ShopWorkerProps {
  readonly project: AppProject;
  readonly environment: Environment;
  readonly api: ShopApi;
}

const poll = `
trap exit TERM
while wget -q -O - "$API/api/info"; do
  sleep 30 & wait
done
`.trim();

/** Asks the api for work, over and over; it exits when the api is away, and is started again. */
export class ShopWorker extends Application {
  constructor(scope: Cluster, id: string, { project, environment, api }: ShopWorkerProps) {
    super(scope, id, { project, namespace: 'shop' });

    new Worker(this, 'worker', {
      image: environment.images.worker,
      command: ['sh', '-c', poll],
      environment: { API: `http://${api.service.address}` },
      memory: '32Mi',
    });
  }
}
