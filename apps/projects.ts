import { AppProject, type Cluster } from '../lib';

/** What holds a team inside its namespace: the platform team sets it, no other team may. */
const guardrails = [
  { group: '', kind: 'LimitRange' },
  { group: '', kind: 'ResourceQuota' },
  { group: 'networking.k8s.io', kind: 'NetworkPolicy' },
];

/** The fences of a cluster: which team may deploy what, and where. */
export function projects(cluster: Cluster) {
  return {
    platform: new AppProject(cluster, 'platform', {
      description: 'Namespaces, and the rules inside them',
      namespaces: ['shop'],
      clusterResources: [{ group: '', kind: 'Namespace' }],
      namespacedResources: guardrails,
    }),
    shop: new AppProject(cluster, 'shop', {
      description: 'The shop',
      namespaces: ['shop'],
      deniedNamespacedResources: guardrails,
    }),
  };
}
