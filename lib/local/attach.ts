import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ArgosyError } from '../kube';
import { Api } from './api';
import { isRunning } from './identity';
import { Objects } from './objects';
import { findRun } from './state';
import { readStates, type ApplicationState } from './status';

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority': string } },
  ];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

/** The state of every Application of the cluster that runs in a state folder. @throws ArgosyError `not-running` */
export async function findStates(folder: string): Promise<ApplicationState[]> {
  const run = findRun(folder);
  if (!run || !isRunning(run.owner)) {
    throw new ArgosyError({
      code: 'not-running',
      where: { location: folder },
      what: 'no cluster runs in this state folder',
      why: 'the state of the applications is asked of the cluster itself',
      fix: 'start it with argosy up',
    });
  }
  const { clusters, users } = parse(readFileSync(join(folder, 'kubeconfig'), 'utf8')) as Kubeconfig;
  const { server, 'certificate-authority': caFile } = clusters[0].cluster;
  const objects = new Objects(new Api(server, users[0].user.token, caFile));
  try {
    return await readStates(objects);
  } finally {
    objects.api.close();
  }
}
