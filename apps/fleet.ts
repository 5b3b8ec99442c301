import { ArgoCd, Cluster, Fleet, type FleetOptions } from '../lib';
import { production, staging } from './environments';
import { operator } from './operator';
import { TeamNamespace } from './platform/namespaces';
import { projects } from './projects';
import { ShopApi } from './shop/api';
import { ShopCache } from './shop/cache';
import { ShopReport } from './shop/report';
import { ShopStorefront } from './shop/storefront';
import { ShopWorker } from './shop/worker';

/** Every cluster and all that runs on it, in order of promotion. */
export function buildFleet(options: FleetOptions = {}): Fleet {
  const fleet = new Fleet({ repository: { url: 'https://github.com/acme/platform.git' }, ...options });

  for (const environment of [staging, production]) {
    const cluster = new Cluster(fleet, environment.name, { kubernetes: '1.36' });
    new ArgoCd(cluster, 'argocd', operator(environment));

    const { platform, shop } = projects(cluster);
    const namespace = new TeamNamespace(cluster, 'shop-namespace', { project: platform, environment });

    const cache = new ShopCache(cluster, 'cache', { project: shop, environment });
    const api = new ShopApi(cluster, 'api', { project: shop, environment, cache });
    const storefront = new ShopStorefront(cluster, 'storefront', { project: shop, environment, api });
    const worker = new ShopWorker(cluster, 'worker', { project: shop, environment, api });
    const report = new ShopReport(cluster, 'report', { project: shop, environment, api });

    // Each waits until what it stands on is healthy.
    cache.node.addDependency(namespace);
    api.node.addDependency(cache);
    for (const caller of [storefront, worker, report]) caller.node.addDependency(api);
  }
  return fleet;
}
