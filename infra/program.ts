import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { Cluster, type Fleet, type FleetOptions } from '../lib/fleet';
import { ArgosyError, shown } from '../lib/kube';
import { ArgoCd, type OperatorPlan } from '../lib/operator';
import { rootName, type Repository } from '../lib/render';
import { Bootstrap } from './bootstrap';
import { readConfiguration, type StackConfiguration } from './configuration';
import { readCrds } from './crds';

/** The function that declares the fleet, as `apps/fleet.ts` exports it. */
export type BuildFleet = (options?: FleetOptions) => Fleet;

/** What the stack says of itself. None of it is secret. */
export interface StackOutputs {
  readonly argocdVersion: string;
  readonly argocdNamespace: string;
  readonly repository: Required<Repository>;
  readonly rootApplication: pulumi.Output<string>;
}

/**
 * The program of a stack: bootstraps the cluster of the stack's name with what the fleet declares for it. The
 * installed values are those of `lib/operator`; configuration says where things come from and holds secrets, and can
 * change none of them.
 *
 * @throws ArgosyError `invalid-configuration`, `unknown-stack`, `no-operator`, `invalid-crds`, `invalid-chart` or
 * `download-failed`, before anything but the provider is registered
 */
export async function bootstrap(buildFleet: BuildFleet): Promise<StackOutputs> {
  const configuration = readConfiguration();
  const fleet = declare(buildFleet, configuration);
  const cluster = getCluster(fleet, pulumi.getStack());
  const plan = getPlan(cluster);
  const crds = await readCrds(plan.version, configuration.crds);
  const { chart, redisPassword, repositoryCredentials } = configuration;
  const { rootApplication } = new Bootstrap(cluster.node.id, {
    cluster: { name: cluster.node.id, argocdNamespace: cluster.argocdNamespace },
    plan,
    repository: fleet.repository,
    crds,
    chart,
    redisPassword,
    ...(repositoryCredentials && { repositoryCredentials }),
    provider: connect(cluster, configuration),
  });
  return {
    argocdVersion: plan.version,
    argocdNamespace: plan.namespace,
    repository: fleet.repository,
    // Known once it is made, so that whoever waits for the outputs waits for the stages.
    rootApplication: rootApplication.id.apply(() => rootName(cluster.node.id)),
  };
}

/** The fleet, with the repository that the stack overrides: nothing is patched afterwards. */
function declare(buildFleet: BuildFleet, { repositoryUrl, repositoryRevision, selfManagement }: StackConfiguration) {
  const how: FleetOptions = selfManagement ? { selfManagement } : {};
  const fleet = buildFleet(how);
  if (repositoryUrl === undefined && repositoryRevision === undefined) return fleet;
  const { url, revision, path } = fleet.repository;
  return buildFleet({
    ...how,
    repository: { url: repositoryUrl ?? url, revision: repositoryRevision ?? revision, path },
  });
}

function getCluster(fleet: Fleet, stack: string): Cluster {
  const clusters = fleet.node.children.filter((child) => child instanceof Cluster);
  const cluster = clusters.find(({ node }) => node.id === stack);
  if (cluster) return cluster;
  const names = clusters.map(({ node }) => node.id).join(', ') || 'no cluster at all';
  throw new ArgosyError({
    code: 'unknown-stack',
    where: { object: `stack ${stack}` },
    what: `the fleet has no cluster ${shown(stack)}`,
    why: `a stack bootstraps the cluster of its name, and the fleet declares ${names}`,
    fix: 'select the stack of a cluster (pulumi stack select), or declare the cluster in apps/fleet.ts',
  });
}

function getPlan(cluster: Cluster): OperatorPlan {
  const plan = ArgoCd.findPlan(cluster);
  if (plan) return plan;
  throw new ArgosyError({
    code: 'no-operator',
    where: { construct: cluster.node.path },
    what: 'the cluster declares no Argo CD',
    why: 'the bootstrap installs the Argo CD that the fleet declares, and nothing else',
    fix: "declare it: new ArgoCd(cluster, 'argocd')",
  });
}

function connect(cluster: Cluster, { kubeconfig, context }: StackConfiguration): k8s.Provider {
  return new k8s.Provider('cluster', {
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
    // Else renewed certificates or another address may count as another cluster, and everything as to be replaced.
    clusterIdentifier: cluster.node.id,
    enableServerSideApply: true, // the ApplicationSet CRD does not fit into the annotation of client-side apply
    // Else a new password replaces the Secret, which cannot be: it keeps its name, and stays when it is deleted.
    enableSecretMutable: true,
  });
}
