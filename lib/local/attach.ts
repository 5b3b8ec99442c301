import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ArgosyError } from '../kube';
import { Api } from './api';
import { isCode, isRunning } from './identity';
import { Objects } from './objects';
import { findRun } from './state';
import { readStates, type ApplicationState } from './status';

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority': string } },
  ];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

/** Names of the clusters below a folder of state folders that run, or whose run was killed, sorted. */
export function findRuns(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => findRun(join(folder, name)) !== undefined)
      .sort();
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}

/** The state of every Application of the cluster that runs in a state folder. @throws ArgosyError `not-running` */
export async function findStates(folder: string): Promise<ApplicationState[]> {
  const run = findRun(folder);
  if (!run || !isRunning(run.owner))
    throw notRunning(folder, 'no cluster runs in this state folder', 'start it with argosy up');
  const objects = connect(folder);
  try {
    // While it starts, the API server is not there, refuses for its own sake, or lacks Argo CD's kinds.
    const ready = await objects?.serves('argoproj.io/v1alpha1', 'Application').catch(() => false);
    if (!objects || !ready)
      throw notRunning(folder, 'the cluster in this state folder still starts', 'ask again once argosy up is done');
    return await readStates(objects);
  } finally {
    objects?.api.close();
  }
}

/** The API server of a run, or undefined before it has written how it is reached. */
function connect(folder: string): Objects | undefined {
  try {
    const { clusters, users } = parse(readFileSync(join(folder, 'kubeconfig'), 'utf8')) as Kubeconfig;
    const { server, 'certificate-authority': caFile } = clusters[0].cluster;
    return new Objects(new Api(server, users[0].user.token, caFile));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function notRunning(folder: string, what: string, fix: string): ArgosyError {
  return new ArgosyError({
    code: 'not-running',
    where: { location: folder },
    what,
    why: 'the state of the applications is asked of the cluster itself',
    fix,
  });
}
