import { ArgosyError } from '../kube/error';
import type { Api } from './api';
import { until } from './poll';

/** What a component must find in the cluster before it is started. */
export interface Needs {
  readonly namespace: string;
  /** Plural names of argoproj.io's kinds. */
  readonly kinds: readonly string[];
}

/**
 * Waits until the API serves what Argo CD's controllers cannot start without. Tried on 3.5.7:
 *
 * - redis and the repo-server need nothing of the cluster;
 * - the application-controller ends with exit code 20 when `argocd-cm` is missing (it loads its
 *   cache settings once), also when it only lacks the label `app.kubernetes.io/part-of: argocd`,
 *   by which it selects; without its CRDs it gives up waiting for its caches and does nothing;
 * - the applicationset-controller ends with exit code 1 when the group argoproj.io is not served;
 * - neither needs `argocd-secret`; without its `server.secretkey` the applicationset-controller
 *   takes no webhooks.
 *
 * So the components may be started together with the bootstrap that applies CRDs and ConfigMaps:
 * redis and the repo-server warm up meanwhile, and each controller starts the moment it can.
 */
export async function findsItsNeeds(api: Api, needs: Needs, signal?: AbortSignal, deadline = 120_000): Promise<void> {
  let missing: readonly string[] = [];
  const found = await until(
    async () => {
      missing = await missingNeeds(api, needs);
      return missing.length === 0;
    },
    { signal, deadline, interval: 25 },
  );
  if (found) return;
  throw new ArgosyError({
    code: 'part-not-ready',
    where: { object: `Namespace ${needs.namespace}` },
    what: `after ${deadline / 1000} s, Argo CD cannot start: ${missing.join(', ')}`,
    why: 'its controllers end at once without their CRDs and argocd-cm',
    fix: 'apply the CRDs, and a ConfigMap argocd-cm that is labelled app.kubernetes.io/part-of: argocd',
  });
}

interface ResourceList {
  readonly resources: readonly { readonly name: string }[];
}

interface Labelled {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
}

async function missingNeeds(api: Api, { namespace, kinds }: Needs): Promise<readonly string[]> {
  const [served, settings] = await Promise.all([
    api.find<ResourceList>('/apis/argoproj.io/v1alpha1'),
    api.find<Labelled>(`/api/v1/namespaces/${namespace}/configmaps/argocd-cm`),
  ]);
  const names = new Set(served?.resources.map(({ name }) => name));
  const missing = kinds.filter((kind) => !names.has(kind)).map((kind) => `no ${kind} are served`);
  if (!settings) return [...missing, 'there is no ConfigMap argocd-cm'];
  const labelled = settings.metadata.labels?.['app.kubernetes.io/part-of'] === 'argocd';
  return labelled ? missing : [...missing, 'argocd-cm is not labelled app.kubernetes.io/part-of: argocd'];
}
