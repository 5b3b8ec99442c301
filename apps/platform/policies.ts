import { k8s } from 'cdk8s-plus-28';
import type { Application } from '../../lib';
import type { Environment } from '../environments';

const { IntOrString, Quantity } = k8s;
const everyPod = {};
const namespace = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });

/** The rules of a team's namespace: who may talk to whom, and how much it may use. */
export function addPolicies(application: Application, quota: Environment['quota']): void {
  new k8s.KubeNetworkPolicy(application, 'default-deny', {
    spec: { podSelector: everyPod, policyTypes: ['Ingress', 'Egress'] },
  });
  new k8s.KubeNetworkPolicy(application, 'team-traffic', {
    spec: {
      podSelector: everyPod,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: everyPod }] }],
      egress: [
        { to: [{ podSelector: everyPod }] },
        {
          to: [namespace('kube-system')],
          ports: ['UDP', 'TCP'].map((protocol) => ({ protocol, port: IntOrString.fromNumber(53) })),
        },
      ],
    },
  });
  // From outside the namespace, only what the shop's customers see.
  new k8s.KubeNetworkPolicy(application, 'storefront-ingress', {
    spec: {
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'storefront' } },
      policyTypes: ['Ingress'],
      ingress: [
        { from: [namespace('ingress-nginx')], ports: [{ protocol: 'TCP', port: IntOrString.fromNumber(9898) }] },
      ],
    },
  });
  new k8s.KubeResourceQuota(application, 'quota', {
    spec: {
      hard: {
        'requests.cpu': Quantity.fromString(quota.cpu),
        'requests.memory': Quantity.fromString(quota.memory),
      },
    },
  });
  // The quota refuses a container that asks for nothing; this asks in its name.
  new k8s.KubeLimitRange(application, 'defaults', {
    spec: {
      limits: [
        {
          type: 'Container',
          defaultRequest: { cpu: Quantity.fromString('50m'), memory: Quantity.fromString('128Mi') },
          default: { memory: Quantity.fromString('128Mi') },
        },
      ],
    },
  });
}
