import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { rootApplication, rootProject, type RootOf } from '../lib/argocd';
import type { Manifest } from '../lib/kube';
import type { OperatorPlan } from '../lib/operator';
import type { Repository } from '../lib/render';
import { chartInputs, type ChartInputs, type ChartSource } from './chart';
import { credentialsData, credentialsName, type RepositoryCredentials } from './credentials';
import type { Crd } from './crds';

export interface BootstrapProps {
  /** The cluster whose root Application is made. */
  readonly cluster: RootOf;
  /** The Argo CD that is installed, and that manages itself from the same plan afterwards. */
  readonly plan: OperatorPlan;
  /** The Git repository that Argo CD watches. */
  readonly repository: Required<Repository>;
  /** The CRDs of the plan's version, see `readCrds`. */
  readonly crds: readonly Crd[];
  /** Password of Argo CD's Redis. It is kept secret, whatever is passed. */
  readonly redisPassword: pulumi.Input<string>;
  /** The cluster's API server. Explicit, so that no cluster is hit by being the current one. */
  readonly provider: k8s.Provider;
  /**
   * Where the chart comes from.
   * @default { from: 'repository' }
   */
  readonly chart?: ChartSource;
  /**
   * How Argo CD reads the repository. They are kept secret, whatever is passed.
   * @default - the repository is public
   */
  readonly repositoryCredentials?: RepositoryCredentials;
}

/** Name of the Secret that the chart's Redis and all who use it read. Fixed in the chart's templates. */
export const redisSecretName = 'argocd-redis';

/** Seconds for Argo CD to become available: the images are pulled for the first time. */
const installSeconds = 600;

/**
 * From an empty cluster to one that pulls its fleet, in three stages, each waiting for the one before:
 * CRDs, then Argo CD, then what it needs to read `<cluster>/_root`. It makes no other project and no
 * application: those come from Git.
 *
 * What the first two stages make stays when the stack is destroyed (`retainOnDelete`): deleting the CRDs or the
 * namespace would delete every Application, and with it, through the cascade finalizers, the fleet, or would hang
 * because their controller died first. What destroy does delete, the third stage, deletes no workload.
 */
export class Bootstrap extends pulumi.ComponentResource {
  readonly crds: readonly k8s.apiextensions.v1.CustomResourceDefinition[];
  readonly namespace: k8s.core.v1.Namespace;
  readonly redisSecret: k8s.core.v1.Secret;
  readonly release: k8s.helm.v3.Release;
  readonly project: k8s.apiextensions.CustomResource;
  readonly credentials: k8s.core.v1.Secret | undefined;
  readonly rootApplication: k8s.apiextensions.CustomResource;

  constructor(name: string, props: BootstrapProps, options: pulumi.ComponentResourceOptions = {}) {
    // What can be refused is refused before anything is registered.
    const { plan, repository, repositoryCredentials } = props;
    const chart = chartInputs(props.chart ?? { from: 'repository' }, plan);
    const access = repositoryCredentials && credentialsData(repository.url, repositoryCredentials);
    super('argosy:index:Bootstrap', name, {}, { ...options, providers: [props.provider] });
    const own = { parent: this };
    const stays = { ...own, retainOnDelete: true };

    this.crds = props.crds.map(
      ({ metadata, spec }) =>
        new k8s.apiextensions.v1.CustomResourceDefinition(metadata.name, { metadata, spec } as never, stays),
    );

    this.namespace = new k8s.core.v1.Namespace(
      plan.namespace,
      { metadata: { name: plan.namespace } },
      { ...stays, dependsOn: [...this.crds] },
    );
    this.redisSecret = new k8s.core.v1.Secret(
      redisSecretName,
      {
        metadata: { name: redisSecretName, namespace: plan.namespace, labels: partOfArgoCd },
        stringData: { auth: pulumi.secret(props.redisPassword) },
      },
      { ...stays, dependsOn: [this.namespace] },
    );
    this.release = install(plan, chart, { ...stays, dependsOn: [...this.crds, this.namespace, this.redisSecret] });

    const installed = { ...own, dependsOn: [this.release] };
    this.project = custom(rootProject(props.cluster, repository), installed);
    this.credentials = access && credentials(plan, access, installed);
    const root = rootApplication(props.cluster, repository);
    this.rootApplication = custom(root, {
      ...own,
      dependsOn: [this.release, this.project, ...(this.credentials ? [this.credentials] : [])],
    });
    this.registerOutputs({ rootApplication: root.metadata.name, version: plan.version });
  }
}

/**
 * The release, once. From the hand-over on, Argo CD renders the same chart with the same values from Git, and what
 * Git says wins: a change of any input here, which would be a `helm upgrade` back to the day of the bootstrap, is
 * ignored; so are the inputs that the SDK and the provider add, above all the checksum of the rendered chart.
 */
function install(plan: OperatorPlan, chart: ChartInputs, options: pulumi.CustomResourceOptions): k8s.helm.v3.Release {
  const inputs: k8s.helm.v3.ReleaseArgs = {
    ...chart,
    name: plan.releaseName,
    namespace: plan.namespace,
    createNamespace: false,
    values: { ...plan.values },
    skipCrds: true, // the chart's are templates, which `crds.install: false` in the values leaves out
    skipAwait: false,
    atomic: true, // an installation that failed leaves nothing behind, and the next `pulumi up` starts anew
    timeout: installSeconds,
  };
  return new k8s.helm.v3.Release(plan.releaseName, inputs, {
    ...options,
    ignoreChanges: [...Object.keys(inputs), 'checksum', 'compat', 'resourceNames'],
  });
}

const partOfArgoCd = { 'app.kubernetes.io/part-of': 'argocd' };

/** The credentials' Secret. It is deleted with the stack, or when it is no longer configured: nobody else owns it. */
function credentials(
  { namespace }: OperatorPlan,
  data: Record<string, pulumi.Input<string>>,
  options: pulumi.CustomResourceOptions,
): k8s.core.v1.Secret {
  const labels = { ...partOfArgoCd, 'argocd.argoproj.io/secret-type': 'repository' };
  const metadata = { name: credentialsName, namespace, labels };
  return new k8s.core.v1.Secret(credentialsName, { metadata, stringData: pulumi.secret(data) }, options);
}

function custom(manifest: Manifest, options: pulumi.CustomResourceOptions): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(manifest.metadata.name, { ...manifest } as never, options);
}
