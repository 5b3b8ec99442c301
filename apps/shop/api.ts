import { Application, Migration, WebService, type AppProject, type Cluster } from '../../lib';
import type { Environment } from '../environments';
import type { ShopCache } from './cache';

export interface ShopApiProps {
  readonly project: AppProject;
  readonly environment: Environment;
  readonly cache: ShopCache;
}

/** What the shop sells, over HTTP. A new version serves only after its migration succeeded. */
export class ShopApi extends Application {
  readonly service: WebService;

  constructor(scope: Cluster, id: string, { project, environment, cache }: ShopApiProps) {
    super(scope, id, { project, namespace: 'shop' });
    const image = environment.images.api;

    new Migration(this, 'api-migration', {
      image,
      command: ['podcli', 'check', 'tcp', cache.service.address, '--retry=5'],
    });

    this.service = new WebService(this, 'api', {
      image,
      port: 9898,
      probe: { path: '/healthz', readyPath: '/readyz' },
      replicas: environment.replicas,
      environment: { PODINFO_CACHE_SERVER: `tcp://${cache.service.address}` },
    });
  }
}
