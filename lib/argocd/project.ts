import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Cluster } from '../fleet';
import { checkLabel, checkRepositoryUrl, type Where } from '../kube';
import { recordOrigin, whereIs } from '../synth';
import { checkNotRoot } from './root';

/** A group and kind, as Argo CD matches them: Go `path.Match` patterns, case matters. */
export interface ResourcePattern {
  /** API group; empty for the core group. */
  readonly group: string;
  readonly kind: string;
  /**
   * Pattern of the object's name, for cluster-scoped objects.
   * @default - every name
   */
  readonly name?: string;
}

export interface AppProjectProps {
  /** Namespaces that the project's applications may deploy to, on the cluster it belongs to. */
  readonly namespaces: readonly string[];
  /**
   * What the project is for, shown by Argo CD.
   * @default - none
   */
  readonly description?: string;
  /**
   * Repositories its applications may come from.
   * @default - the fleet's repository alone
   */
  readonly sourceRepos?: readonly string[];
  /**
   * Cluster-scoped kinds its applications may hold.
   * @default [] - none
   */
  readonly clusterResources?: readonly ResourcePattern[];
  /**
   * Namespaced kinds its applications may hold.
   * @default - every kind
   */
  readonly namespacedResources?: readonly ResourcePattern[];
  /**
   * Namespaced kinds its applications may not hold. These win.
   * @default [] - none
   */
  readonly deniedNamespacedResources?: readonly ResourcePattern[];
}

/**
 * An Argo CD AppProject: a fence around the applications that name it. It lives in Git beside
 * them, one wave before, and permits nothing that it does not name.
 *
 * Mirrors `pkg/apis/application/v1alpha1/app_project_types.go`.
 *
 * @throws ArgosyError `invalid-name`, `invalid-namespace`, `invalid-property` or `outside-of-cluster`
 */
export class AppProject extends Construct {
  readonly name: string;
  readonly namespaces: readonly string[];
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: AppProjectProps) {
    super(scope, id);
    recordOrigin(this);
    const cluster = Cluster.of(this);
    const where = whereIs(this);
    this.name = checkNotRoot(checkLabel('the name of the project', id, where), cluster, where);
    for (const repository of props.sourceRepos ?? []) checkCredentials(repository, where);
    this.namespaces = props.namespaces.map((namespace) =>
      checkLabel('a namespace of the project', namespace, where, { code: 'invalid-namespace' }),
    );
    this.apiObject = new ApiObject(this, 'Resource', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: {
        name: this.name,
        namespace: cluster.argocdNamespace,
        annotations: { 'argocd.argoproj.io/sync-wave': '-1' },
      },
      spec: {
        description: props.description,
        sourceRepos: props.sourceRepos ?? [cluster.fleet.repository.url],
        destinations: this.namespaces.map((namespace) => ({ server: cluster.server, namespace })),
        clusterResourceWhitelist: props.clusterResources ?? [],
        namespaceResourceWhitelist: props.namespacedResources,
        namespaceResourceBlacklist: props.deniedNamespacedResources,
      },
    });
  }
}

/** A repository's pattern may hold `*` and start with `!`; credentials it may not hold. */
function checkCredentials(pattern: string, where: Where): void {
  const example = pattern.replace(/^!/, '').replaceAll('*', 'x');
  if (/:\/\//.test(example)) checkRepositoryUrl('an entry of sourceRepos', example, where, 'chart');
}
