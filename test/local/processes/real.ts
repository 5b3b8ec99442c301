import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findParts } from '../../../lib/local/parts';
import type { Programs } from '../../../lib/local/programs';

/**
 * The real programs: those of a folder that ARGOSY_TEST_PARTS names (with Argo CD's sources in the
 * module cache), else those that are found without download or build. None is a failure: what
 * was not tried is not proved.
 */
export async function realParts(): Promise<Programs> {
  const folder = process.env['ARGOSY_TEST_PARTS'];
  if (folder === undefined) {
    const found = await findParts();
    if (!found)
      throw new Error('the programs of the local run are not here: `npm run argosy -- up` fetches or builds them');
    return found;
  }
  const source = '/root/go/pkg/mod/github.com/argoproj/argo-cd/v3@v3.5.7';
  const files = mkdtempSync(join(tmpdir(), 'argocd-files-'));
  mkdirSync(join(files, 'crds'));
  for (const name of readdirSync(join(source, 'manifests/crds')).filter((each) => each.endsWith('-crd.yaml'))) {
    copyFileSync(join(source, 'manifests/crds', name), join(files, 'crds', name));
  }
  copyFileSync(join(source, 'hack/git-verify-wrapper.sh'), join(files, 'git-verify-wrapper.sh'));
  chmodSync(join(files, 'git-verify-wrapper.sh'), 0o755);
  const at = (name: string) => join(folder, name);
  return {
    etcd: at('etcd'),
    kubeApiserver: at('kube-apiserver'),
    kubeControllerManager: at('kube-controller-manager'),
    kubeScheduler: at('kube-scheduler'),
    kwok: at('kwok'),
    argocd: at('argocd'),
    redis: { program: at('redis'), flavour: 'built' },
    argocdFiles: files,
  };
}
