import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { ArgosyError, checkLabel, shown } from '../kube';
import { markUnit, recordOrigin, whereIs } from '../synth';
import type { Fleet } from './fleet';

export interface ClusterProps {
  /**
   * Kubernetes version, as `major.minor`.
   * @default '1.36'
   */
  readonly kubernetes?: string;
  /**
   * Namespace of Argo CD.
   * @default 'argocd'
   */
  readonly argocdNamespace?: string;
}

const clusterSymbol = Symbol.for('argosy.cluster');

/**
 * A cluster that runs its own Argo CD. Its direct objects, AppProjects and Applications, are what
 * the root Application syncs, from `<cluster>/_root`. It makes no cluster: `infra/` bootstraps
 * one that exists.
 *
 * @throws ArgosyError `invalid-name`, `invalid-namespace` or `invalid-property`
 */
export class Cluster extends Chart {
  /** Whether a value is a Cluster: cdk8s' own check would take any chart for one. */
  static override [Symbol.hasInstance](value: unknown): value is Cluster {
    return typeof value === 'object' && value !== null && clusterSymbol in value;
  }

  /** The cluster a construct belongs to. */
  static override of(construct: IConstruct): Cluster {
    for (let at: IConstruct | undefined = construct; at; at = at.node.scope) {
      if (at instanceof Cluster) return at;
    }
    throw new ArgosyError({
      code: 'outside-of-cluster',
      where: whereIs(construct),
      what: 'the construct stands below no Cluster',
      why: 'an Application or AppProject belongs to the cluster whose Argo CD reads it',
      fix: "make it below one: new Cluster(fleet, 'staging')",
    });
  }

  readonly kubernetes: string;
  /** API server that Argo CD deploys to: that of the cluster it runs in. */
  readonly server = 'https://kubernetes.default.svc';
  readonly argocdNamespace: string;
  readonly fleet: Fleet;

  constructor(scope: Fleet, id: string, props: ClusterProps = {}) {
    super(scope, id, { disableResourceNameHashes: true });
    recordOrigin(this);
    const where = whereIs(this);
    checkLabel('the name of the cluster', id, where, { maximum: 40 });
    this.fleet = scope;
    this.kubernetes = props.kubernetes ?? '1.36';
    this.argocdNamespace = checkLabel("Argo CD's namespace", props.argocdNamespace ?? 'argocd', where, {
      code: 'invalid-namespace',
    });
    if (!/^1\.\d{1,3}$/.test(this.kubernetes)) {
      throw new ArgosyError({
        code: 'invalid-property',
        where,
        what: `kubernetes is ${shown(props.kubernetes)}`,
        why: 'it is the major and minor version',
        fix: "write it as '1.36'",
      });
    }
    Object.defineProperty(this, clusterSymbol, { value: true });
    markUnit(this);
  }
}
