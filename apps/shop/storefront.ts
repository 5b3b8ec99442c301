import { Application, WebService, type AppProject, type Cluster } from '../../lib';
import type { Environment } from '../environments';
import type { ShopApi } from './api';

export interface ShopStorefrontProps {
  readonly project: AppProject;
  readonly environment: Environment;
  readonly api: ShopApi;
}

/** What customers see, and the one way in. */
export class ShopStorefront extends Application {
  constructor(scope: Cluster, id: string, { project, environment, api }: ShopStorefrontProps) {
    super(scope, id, { project, namespace: 'shop' });

    new WebService(this, 'storefront', {
      image: environment.images.storefront,
      port: 9898,
      replicas: environment.replicas,
      environment: { PODINFO_BACKEND_URL: `http://${api.service.address}/echo` },
      probe: { path: '/healthz', readyPath: '/readyz' },
      ingress: { host: environment.hosts.shop, className: 'nginx', tlsSecret: 'shop-tls' },
    });
  }
}
