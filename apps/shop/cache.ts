import { Application, WebService, type AppProject, type Cluster } from '../../lib';
import type { Environment } from '../environments';

export interface ShopCacheProps {
  readonly project: AppProject;
  readonly environment: Environment;
}

/** Redis as a pure cache: it keeps nothing on disk, and forgets the oldest when it is full. */
export class ShopCache extends Application {
  readonly service: WebService;

  constructor(scope: Cluster, id: string, { project, environment }: ShopCacheProps) {
    super(scope, id, { project, namespace: 'shop' });

    this.service = new WebService(this, 'cache', {
      image: environment.images.cache,
      port: 6379,
      probe: 'tcp',
      args: ['--save', '', '--maxmemory', '96mb', '--maxmemory-policy', 'allkeys-lru'],
      runAsUser: 999, // the user of redis in the image
    });
  }
}
