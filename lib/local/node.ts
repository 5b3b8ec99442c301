import type { Api } from './api';

/** The one node of a local cluster: roomy enough that no fleet is refused for want of it. kwok plays its kubelet. */
export const localNode = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: 'local',
    labels: {
      'kubernetes.io/hostname': 'local',
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'topology.kubernetes.io/region': 'local',
      'topology.kubernetes.io/zone': 'local-a',
    },
  },
  spec: { podCIDR: '10.244.0.0/16', podCIDRs: ['10.244.0.0/16'] },
} as const;

/** The default StorageClass; the `volume` stages of kwok are its provisioner. */
export const localStorageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'argosy.dev/local',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
  allowVolumeExpansion: true,
} as const;

/**
 * Declares both. A node kept from an earlier run loses its conditions first, so that it is Ready
 * again only when this run's kwok has said so.
 */
export async function declareMachine(api: Api): Promise<void> {
  const node = `/api/v1/nodes/${localNode.metadata.name}`;
  const unknown = { status: { conditions: null } };
  await Promise.all([
    api.call('PATCH', `${node}/status`, unknown, 'application/merge-patch+json').then(() => api.apply(node, localNode)),
    api.apply(`/apis/storage.k8s.io/v1/storageclasses/${localStorageClass.metadata.name}`, localStorageClass),
  ]);
}

interface NodeStatus {
  readonly spec: { readonly taints?: readonly unknown[] };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Whether kwok has taken the node over: Ready, and without the taint that new nodes get. */
export async function isNodeReady(api: Api): Promise<boolean> {
  const node = await api.find<NodeStatus>(`/api/v1/nodes/${localNode.metadata.name}`);
  const ready = node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  return ready && !node?.spec.taints?.length;
}

interface Data {
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * Whether kube-controller-manager works: the default namespace has its ServiceAccount and this
 * run's CA (each run has a new one, so that a kept namespace proves nothing).
 */
export async function isDefaultNamespaceReady(api: Api, ca: string): Promise<boolean> {
  const [account, root] = await Promise.all([
    api.find('/api/v1/namespaces/default/serviceaccounts/default'),
    api.find<Data>('/api/v1/namespaces/default/configmaps/kube-root-ca.crt'),
  ]);
  return account !== undefined && root?.data?.['ca.crt'] === ca;
}
