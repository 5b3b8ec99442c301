import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Application, AppProject } from '../argocd';
import { Cluster } from '../fleet';
import { recordOrigin, whereIs } from '../synth';
import { planOperator, settingsManifests, type OperatorPlan, type OperatorSettings } from './plan';

export type ArgoCdProps = OperatorSettings;

const planSymbol = Symbol.for('argosy.operator');

/**
 * Argo CD itself, declared as code: the self-managing Application, its AppProject, and the
 * `default` project locked, which would else allow everything. The bootstrap installs the same
 * plan; this construct talks to no cluster.
 *
 * Its Application has no cascade finalizer: deleting it must not delete Argo CD.
 *
 * @throws ArgosyError `invalid-property`, `invalid-name` or `outside-of-cluster`
 */
export class ArgoCd extends Construct {
  /** The plan of the Argo CD of a cluster, or undefined where none is declared. */
  static findPlan(cluster: Cluster): OperatorPlan | undefined {
    for (const child of cluster.node.findAll()) {
      if (planSymbol in child) return (child as unknown as ArgoCd).plan;
    }
    return undefined;
  }

  readonly plan: OperatorPlan;
  readonly project: AppProject;
  readonly application: Application;

  constructor(scope: Construct, id: string, props: ArgoCdProps = {}) {
    super(scope, id);
    recordOrigin(this);
    const cluster = Cluster.of(this);
    this.plan = planOperator(props, cluster.argocdNamespace, whereIs(this));
    Object.defineProperty(this, planSymbol, { value: true });

    const { chart } = this.plan;
    new AppProject(this, 'default', {
      description: 'Locked: every application names a project of its own',
      namespaces: [],
      sourceRepos: [],
    });
    this.project = new AppProject(this, 'argocd', {
      description: 'Argo CD itself',
      namespaces: [cluster.argocdNamespace],
      sourceRepos: [cluster.fleet.repository.url, chart.repository],
      clusterResources: [
        { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
        { group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
      ],
    });
    const fromChart = cluster.fleet.selfManagement === 'chart';
    this.application = new Application(this, 'Default', {
      project: this.project,
      namespace: cluster.argocdNamespace,
      cascade: false,
      ...(fromChart && {
        source: {
          chart: chart.name,
          repoURL: chart.repository,
          version: chart.version,
          releaseName: this.plan.releaseName,
          values: this.plan.values,
        },
      }),
    });
    if (fromChart) return;
    for (const { metadata, ...rest } of settingsManifests(this.plan)) {
      new ApiObject(this.application, metadata.name, { ...rest, metadata: { ...metadata } } as never);
    }
  }
}
