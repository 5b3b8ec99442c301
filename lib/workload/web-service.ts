import { checkText, checkWhole, invalidProperty } from '../kube';
import { JsonPatch, type ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { recordOrigin } from '../synth';
import { planIngress, planProbes, type HttpProbe, type IngressProps } from './exposure';
import { graceOf, planPod } from './pod';
import { planDeployment, replicasOf, type RolloutProps } from './rollout';
import { addObject, placeOf, type WorkloadPlace, type WorkloadProps } from './workload';

export type { HttpProbe, IngressProps };

export interface WebServiceProps extends WorkloadProps, RolloutProps {
  /** Port that the container listens on. */
  readonly port: number;
  /**
   * Port of the Service.
   * @default - as `port`
   */
  readonly servicePort?: number;
  /**
   * How Kubernetes asks whether a pod is ready, and whether it lives: an HTTP path, a TCP
   * connection, or not at all. A pod that does not answer gets no requests after 15 seconds and
   * is restarted after a minute, which is also the time it has to start.
   * @default { path: '/healthz' }
   */
  readonly probe?: HttpProbe | 'tcp' | false;
  /**
   * Seconds a pod goes on serving after it was asked to end, while proxies forget it. Part of
   * `terminationGracePeriodSeconds`. Needs Kubernetes 1.30; left out on older clusters.
   * @default 5
   */
  readonly drainSeconds?: number;
  /**
   * How it is reached from outside the cluster.
   * @default - not at all
   */
  readonly ingress?: IngressProps;
}

/**
 * A process that answers requests: a Deployment and a Service, an Ingress where asked for, and
 * from two replicas on a PodDisruptionBudget. Updates never go below the declared replicas.
 *
 * @throws ArgosyError `invalid-name`, `invalid-image`, `invalid-property` or `outside-of-cluster`
 */
export class WebService extends Construct {
  readonly name: string;
  /** Where the whole cluster reaches it: `<name>.<namespace>.svc:<port>`. */
  readonly address: string;
  /** The Deployment. */
  readonly apiObject: ApiObject;

  constructor(scope: Construct, id: string, props: WebServiceProps) {
    super(scope, id);
    recordOrigin(this);
    const place = placeOf(this, props);
    const { name, namespace, labels, selector, where } = place;
    this.name = checkText('the name of the service', name, serviceName, where);
    const port = checkWhole('port', props.port, portRange, where);
    const servicePort = checkWhole('servicePort', props.servicePort ?? port, portRange, where);
    const portName = props.probe === 'tcp' ? 'tcp' : 'http';
    this.address = `${name}.${namespace}.svc:${servicePort}`;

    const container = {
      ports: [{ name: portName, containerPort: port }],
      ...planProbes(props.probe ?? { path: '/healthz' }, portName, where),
    };
    const pods = planPod(props, { name, labels, container }, where);
    this.apiObject = addObject(this, k8s.KubeDeployment.manifest(planDeployment(place, props, pods, true)), [
      ...drain(place, props),
      ...(props.patch ?? []),
    ]);
    const metadata = { name, labels: { ...labels } };
    const targetPort = k8s.IntOrString.fromString(portName);
    addObject(
      this,
      k8s.KubeService.manifest({
        metadata,
        spec: { selector: { ...selector }, ports: [{ name: portName, port: servicePort, targetPort }] },
      }),
    );
    if (props.ingress) {
      addObject(this, k8s.KubeIngress.manifest({ metadata, spec: planIngress(props.ingress, name, portName, where) }));
    }
    if (replicasOf(props, where) > 1) {
      const spec = {
        selector: { matchLabels: { ...selector } },
        maxUnavailable: k8s.IntOrString.fromNumber(1),
        // Else pods that never become ready keep a node from being drained.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      };
      addObject(this, k8s.KubePodDisruptionBudget.manifest({ metadata, spec }));
    }
  }
}

const portRange = { minimum: 1, maximum: 65_535 };
const serviceName = {
  pattern: /^[a-z]/,
  why: 'the name of a Service starts with a letter (RFC 1035)',
  example: 'api',
};

/** A patch, for the sleep of a hook is younger than the types of cdk8s-plus-28. */
function drain({ cluster, where }: WorkloadPlace, props: WebServiceProps): JsonPatch[] {
  const seconds = checkWhole('drainSeconds', props.drainSeconds ?? 5, { minimum: 0, maximum: 3600 }, where);
  const grace = graceOf(props, where);
  if (seconds > 0 && seconds >= grace) {
    throw invalidProperty(
      where,
      `drainSeconds is ${seconds}`,
      `it is part of terminationGracePeriodSeconds, which is ${grace}`,
      'make it smaller, or the grace period longer',
    );
  }
  const known = Number(cluster.kubernetes.split('.')[1]) >= 30;
  return seconds > 0 && known
    ? [JsonPatch.add('/spec/template/spec/containers/0/lifecycle', { preStop: { sleep: { seconds } } })]
    : [];
}
