import { ApiObject, Chart, type JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { Cluster, Fleet, pathBelowCluster } from '../fleet';
import { ArgosyError, checkLabel, shown } from '../kube';
import { markRepresentative, markUnit, recordOrigin, whereIs } from '../synth';
import type { AppProject } from './project';
import { checkNotRoot } from './root';
import { directorySource, helmSource, type HelmSource } from './source';
import { syncPolicy, type AutomatedSync, type SyncPolicyProps } from './sync-policy';

export interface ApplicationProps extends SyncPolicyProps {
  /** The fence around this application. */
  readonly project: AppProject;
  /** Namespace it deploys to. It must exist: the platform's applications own the namespaces. */
  readonly namespace: string;
  /**
   * A chart for Argo CD to render. With it the application has no children.
   * @default - the children of this construct, rendered to `<cluster>/<app>`
   */
  readonly source?: HelmSource;
  /**
   * Wave of this application among those of its cluster. `node.addDependency` says more: it
   * raises the wave above what it depends on.
   * @default 0
   */
  readonly syncWave?: number;
  /**
   * Whether deleting the application deletes what it deployed (its cascade finalizer).
   * @default true
   */
  readonly cascade?: boolean;
  /**
   * RFC 6902 operations on the Application resource, applied last and visible in the diff.
   * @default - none
   */
  readonly patch?: readonly JsonPatch[];
}

const applicationSymbol = Symbol.for('argosy.application');

/**
 * An Argo CD Application that is a chart: its children are what Argo CD syncs. Named
 * `<cluster>-<ids below the cluster>`. It renders nothing itself and talks to no cluster.
 *
 * Automated sync with prune and self-heal, server-side apply and diff, explicit retry, and
 * manifest-generate-paths are on; object names carry no hash.
 *
 * @throws ArgosyError `invalid-name`, `invalid-namespace`, `invalid-sync-wave`,
 * `invalid-property`, or `outside-of-cluster`
 */
export class Application extends Chart {
  /** Whether a value is an Application: cdk8s' own check would take any chart for one. */
  static override [Symbol.hasInstance](value: unknown): value is Application {
    return typeof value === 'object' && value !== null && applicationSymbol in value;
  }

  /** Name of the Application resource. */
  readonly applicationName: string;
  readonly project: AppProject;
  /** The Application resource, which stands among those of its cluster. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: ApplicationProps) {
    super(scope, id, { namespace: props.namespace, disableResourceNameHashes: true });
    recordOrigin(this);
    markUnit(this);
    Object.defineProperty(this, applicationSymbol, { value: true });
    const cluster = Cluster.of(this);
    const where = whereIs(this);
    const folder = checkLabel('the name of the application', pathBelowCluster(cluster, this), where);
    this.applicationName = checkNotRoot(
      checkLabel('the name of the Application', `${cluster.node.id}-${folder}`, where),
      cluster,
      where,
    );
    checkLabel('its namespace', props.namespace, where, { code: 'invalid-namespace' });
    checkWave(props.syncWave, where);
    this.project = checkProject(props.project, cluster, where);
    if (props.source) this.node.addValidation({ validate: () => childrenBesideSource(this) });

    const repository = Fleet.of(this).repository;
    this.apiObject = new ApiObject(this, 'Application', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name: this.applicationName,
        namespace: cluster.argocdNamespace,
        annotations: {
          'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
          ...(!props.source && { 'argocd.argoproj.io/manifest-generate-paths': '.' }),
          ...(props.syncWave !== undefined && { 'argocd.argoproj.io/sync-wave': String(props.syncWave) }),
        },
        ...((props.cascade ?? true) && { finalizers: ['resources-finalizer.argocd.argoproj.io'] }),
      },
      spec: {
        project: this.project.name,
        source: props.source
          ? helmSource(props.source, where)
          : directorySource(repository, `${cluster.node.id}/${folder}`),
        destination: { server: cluster.server, namespace: props.namespace },
        syncPolicy: syncPolicy(props, where),
      },
    });
    this.apiObject.addJsonPatch(...(props.patch ?? []));
    markRepresentative(this, this.apiObject, cluster);
  }

  /**
   * Names an object that names itself not: the ids below this application, joined with "-" and
   * without a hash; the application's own id where there are none.
   */
  override generateObjectName(object: ApiObject): string {
    const ids = object.node.scopes.slice(this.node.scopes.length).map(({ node }) => node.id);
    const name = ids.filter((id) => id !== 'Default' && id !== 'Resource').join('-');
    return checkLabel('the name of the object', name || this.node.id, whereIs(object));
  }
}

export type { AutomatedSync };

type Whereabouts = ReturnType<typeof whereIs>;

function checkWave(wave: number | undefined, where: Whereabouts): void {
  if (wave === undefined || (Number.isInteger(wave) && Math.abs(wave) <= 0x7fffffff)) return;
  throw new ArgosyError({
    code: 'invalid-sync-wave',
    where,
    what: `syncWave is ${shown(wave)}`,
    why: 'a wave is a whole number; Argo CD reads anything else as wave 0',
    fix: 'use a whole number, or addDependency',
  });
}

function checkProject(project: AppProject, cluster: Cluster, where: Whereabouts): AppProject {
  if (Cluster.of(project) === cluster) return project;
  throw new ArgosyError({
    code: 'invalid-property',
    where,
    what: `its project ${shown(project.name)} belongs to the cluster ${shown(Cluster.of(project).node.id)}`,
    why: 'Argo CD looks for the project beside the Application, on its own cluster',
    fix: `declare an AppProject on ${shown(cluster.node.id)} and pass that`,
  });
}

function childrenBesideSource(application: Application): string[] {
  const children = application.node
    .findAll()
    .filter((child) => ApiObject.isApiObject(child) && child !== application.apiObject);
  return children.length === 0
    ? []
    : [`the application has a source and children of its own (${children[0]!.node.path})`];
}
