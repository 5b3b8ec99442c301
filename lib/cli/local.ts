import { join } from 'node:path';
import { ArgosyError, checkLabel, shown } from '../kube';
import { findRuns, type LocalFleet } from '../local';
import { filesOf, type RenderedCluster, type Repository } from '../render';
import { loadFleet, type LoadOptions, type Rendering } from './load';
import type { Project } from './project';

/** The cluster a command means: the named one, or the first in the order of promotion. */
export function chooseCluster({ fleet }: Rendering, name: string | undefined): RenderedCluster {
  const found = name === undefined ? fleet.clusters[0] : fleet.clusters.find((cluster) => cluster.name === name);
  if (found) return found;
  const names = fleet.clusters.map((cluster) => cluster.name);
  throw new ArgosyError({
    code: 'unknown-cluster',
    what: name === undefined ? 'the fleet declares no cluster' : `there is no cluster ${shown(name)}`,
    why: names.length > 0 ? `the fleet declares ${names.join(', ')}` : 'a local run is one cluster of the fleet',
    fix: names.length > 0 ? `use --cluster ${names[0]}` : "declare one: new Cluster(fleet, 'staging')",
  });
}

/**
 * The cluster that a command about a running one means: the named one, else the only one that
 * runs, else the fleet's first. While one runs the program is not asked, so that a program that is
 * broken meanwhile keeps nobody from ending it.
 */
export async function chooseRun(project: Project, name: string | undefined): Promise<string> {
  if (name !== undefined) stateFolder(project, name);
  const runs = findRuns(project.state);
  const [found] = name === undefined ? runs : runs.filter((each) => each === name);
  if (found !== undefined && (name !== undefined || runs.length === 1)) return found;
  return chooseCluster(await loadFleet(project.fleet), name).name;
}

/** State folder of a cluster's local run. @throws ArgosyError `invalid-name` */
export function stateFolder(project: Project, cluster: string): string {
  return join(project.state, checkLabel('the name of the cluster', cluster, {}));
}

/**
 * Renders one cluster of the fleet for the repository that a local Argo CD watches: the fleet's
 * own folder of manifests, at another URL and branch.
 */
export async function renderLocally(
  project: Project,
  name: string,
  repository: Repository,
  options: Omit<LoadOptions, 'fleet'> = {},
): Promise<LocalFleet> {
  const rendering = await loadFleet(project.fleet, {
    ...options,
    fleet: { repository, selfManagement: 'settings' },
  });
  const cluster = chooseCluster(rendering, name);
  const operator = rendering.operators[name];
  if (!operator) {
    throw new ArgosyError({
      code: 'unknown-cluster',
      where: { construct: name },
      what: `the cluster ${shown(name)} declares no Argo CD`,
      why: 'a local run starts the Argo CD that the cluster declares',
      fix: "declare it: new ArgoCd(cluster, 'argocd')",
    });
  }
  const { path, revision } = rendering.fleet.repository;
  return {
    cluster,
    plan: operator.plan,
    settings: operator.settings,
    path: path ?? 'apps/manifests',
    branch: revision ?? 'main',
    files: filesOf({ ...rendering.fleet, clusters: [cluster] }),
  };
}
