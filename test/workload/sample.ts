import { AppProject, Application, ArgosyError, Cluster, Fleet, type ClusterProps } from '../../lib';
import { toYaml, type Manifest } from '../../lib/kube';

/** An application `api` of a fresh fleet, in namespace `shop` of the cluster `staging`. */
export function application(props: ClusterProps = {}): Application {
  const fleet = new Fleet({ repository: { url: 'https://github.com/acme/platform.git' } });
  const cluster = new Cluster(fleet, 'staging', props);
  return new Application(cluster, 'api', {
    project: new AppProject(cluster, 'shop', { namespaces: ['shop'] }),
    namespace: 'shop',
  });
}

/** The manifests of every application of the fleet around an application. */
export function manifestsOf(around: Application): Manifest[] {
  const [cluster] = Fleet.of(around).render().clusters;
  return cluster!.applications.flatMap(({ objects }) => objects.map(({ manifest }) => manifest));
}

/** What a build makes of an empty application. */
export function manifests(build: (app: Application) => void, props: ClusterProps = {}): Manifest[] {
  const app = application(props);
  build(app);
  return manifestsOf(app);
}

/** The same as printed text. */
export function printed(build: (app: Application) => void): string {
  return manifests(build)
    .map((manifest) => toYaml(manifest))
    .join('---\n');
}

/** The one manifest of a kind. */
export function only(kind: string, all: readonly Manifest[]): any {
  const found = all.filter((manifest) => manifest.kind === kind);
  if (found.length !== 1) throw new Error(`${found.length} objects of kind ${kind}`);
  return found[0];
}

/** The ArgosyError that a piece of code throws. */
export function errorOf(run: () => unknown): ArgosyError {
  try {
    run();
  } catch (error) {
    if (error instanceof ArgosyError) return error;
    throw error;
  }
  throw new Error('it did not throw');
}
