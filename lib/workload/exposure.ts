import { k8s } from 'cdk8s-plus-28';
import { checkLabel, checkText, type Where } from '../kube';

/** Paths that answer 200 to 399. */
export interface HttpProbe {
  /** Answers while the process is well: asked for liveness. */
  readonly path: string;
  /**
   * Answers while the process can serve: asked for readiness.
   * @default - `path`
   */
  readonly readyPath?: string;
}

export interface IngressProps {
  /** Host name, such as `shop.example.com`, or `*.example.com`. */
  readonly host: string;
  /**
   * Start of the paths that lead here.
   * @default '/'
   */
  readonly path?: string;
  /**
   * The ingress controller that serves it.
   * @default - the cluster's default class
   */
  readonly className?: string;
  /**
   * Secret in the same namespace that holds the certificate.
   * @default - none: plain HTTP, or encrypted before it gets here
   */
  readonly tlsSecret?: string;
}

const pathForm = { pattern: /^\/[^\s?#]*$/, why: 'it is a path, from "/" on, without query', example: '/healthz' };
const hostForm = {
  pattern: /^(?=.{1,253}$)(?:\*\.)?[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)*$/,
  why: 'it is a DNS name in lower case, without scheme, port or path',
  example: 'shop.example.com',
};

/**
 * Liveness and readiness of a container. Liveness waits four times as long, so that a process
 * that is merely busy is spared first, and restarted last.
 *
 * @throws ArgosyError `invalid-property`
 */
export function planProbes(
  probe: HttpProbe | 'tcp' | false,
  portName: string,
  where: Where,
): Pick<k8s.Container, 'livenessProbe' | 'readinessProbe'> {
  if (probe === false) return {};
  const port = k8s.IntOrString.fromString(portName);
  const ask = (name: string, path: string) => ({ httpGet: { path: checkText(name, path, pathForm, where), port } });
  const tcp = { tcpSocket: { port } };
  const ready = probe === 'tcp' ? tcp : ask('probe.readyPath', probe.readyPath ?? probe.path);
  const alive = probe === 'tcp' ? tcp : ask('probe.path', probe.path);
  return {
    readinessProbe: { ...ready, periodSeconds: 5, failureThreshold: 3 },
    livenessProbe: { ...alive, periodSeconds: 10, failureThreshold: 6 },
  };
}

/**
 * The Ingress to a Service's named port.
 *
 * @throws ArgosyError `invalid-property` or `invalid-name`
 */
export function planIngress(
  { host, path = '/', className, tlsSecret }: IngressProps,
  service: string,
  portName: string,
  where: Where,
): k8s.IngressSpec {
  checkText('ingress.host', host, hostForm, where);
  checkText('ingress.path', path, pathForm, where);
  return {
    ...(className !== undefined && { ingressClassName: checkLabel('ingress.className', className, where) }),
    ...(tlsSecret !== undefined && {
      tls: [{ hosts: [host], secretName: checkLabel('ingress.tlsSecret', tlsSecret, where) }],
    }),
    rules: [
      {
        host,
        http: {
          paths: [{ path, pathType: 'Prefix', backend: { service: { name: service, port: { name: portName } } } }],
        },
      },
    ],
  };
}
