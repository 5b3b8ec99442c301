import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Credentials } from './credentials';
import { partEnvironment } from './environment';
import type { Programs } from './programs';
import type { StateFolder } from './state';
import type { PartSpec } from './supervisor';

/** What the parts of one control plane are started with. */
export interface PlaneContext {
  readonly state: StateFolder;
  readonly parts: Programs;
  readonly credentials: Credentials;
  /** kube-apiserver's. The other parts of the control plane listen on none. */
  readonly port: number;
}

/** etcd reads a unix URL as host:port, and takes the whole as the socket's file name. */
const etcdSocket = 'etcd.sock:0';

/**
 * etcd serves on sockets in the state folder alone, relative to the parts' working directory so
 * that their paths stay short: no port, and nobody but the folder's owner reaches the data, at
 * no cost in certificates. It does not fsync: a local cluster is disposable, and what a power
 * cut loses is in Git.
 */
export function etcd({ state, parts }: PlaneContext): PartSpec {
  const [client, peer] = [`unix://${etcdSocket}`, 'unix://etcd-peer.sock:0'];
  return {
    part: 'etcd',
    program: parts.etcd,
    level: 0,
    env: partEnvironment(state),
    ready: async () => existsSync(join(state.path, etcdSocket)),
    args: [
      '--name=local',
      `--data-dir=${state.etcd}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=local=${peer}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
  };
}

/**
 * kube-apiserver with its default admission plugins, RBAC and its own self-signed certificate,
 * which serves as the CA of the kubeconfig. No endpoint reconciler: the `kubernetes` Service may
 * not have a loopback address as its endpoint, and no pod runs that would use it. Go collects its
 * garbage only near a limit that the CRDs' schemas just fit in: the start costs a fifth less
 * processor time than at Go's own pace, and no more memory.
 */
export function kubeApiserver(
  { state, parts, credentials, port }: PlaneContext,
  ready: () => Promise<boolean>,
): PartSpec {
  return {
    part: 'kube-apiserver',
    program: parts.kubeApiserver,
    level: 1,
    env: { ...partEnvironment(state), GOGC: 'off', GOMEMLIMIT: '600MiB' },
    ready,
    args: [
      `--etcd-servers=unix://${etcdSocket}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${port}`,
      `--cert-dir=${credentials.certificates}`,
      `--token-auth-file=${credentials.tokenFile}`,
      '--anonymous-auth=false',
      '--authorization-mode=RBAC',
      `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
      `--service-account-key-file=${credentials.serviceAccountPublicKey}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--endpoint-reconciler-type=none',
      '--allow-privileged=true',
      '--profiling=false',
      '--max-requests-inflight=200',
      '--max-mutating-requests-inflight=100',
      '--delete-collection-workers=4',
      '--enable-logs-handler=false',
    ],
  };
}

/** Controllers that act on what a fleet may declare. Not here: cloud, node and certificate chores of a real cluster. */
const controllers = [
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'namespace-controller',
  'garbage-collector-controller',
  'pod-garbage-collector-controller',
  'resourcequota-controller',
  'clusterrole-aggregation-controller',
  'deployment-controller',
  'replicaset-controller',
  'replicationcontroller-controller',
  'statefulset-controller',
  'daemonset-controller',
  'job-controller',
  'cronjob-controller',
  'ttl-after-finished-controller',
  'disruption-controller',
  'endpointslice-controller',
  'endpoints-controller',
  'persistentvolume-binder-controller',
  'persistentvolumeclaim-protection-controller',
  'persistentvolume-protection-controller',
  'validatingadmissionpolicy-status-controller',
] as const;

/**
 * kube-controller-manager without its port (0 serves nothing). The node lifecycle controller is
 * left out: kwok's node cannot fail, and the controller would declare it dead, and every app
 * Degraded, when a laptop wakes from sleep or its clock jumps.
 */
export function controllerManager(
  { state, parts, credentials }: PlaneContext,
  ready: () => Promise<boolean>,
): PartSpec {
  return {
    part: 'kube-controller-manager',
    program: parts.kubeControllerManager,
    level: 2,
    env: partEnvironment(state),
    ready,
    args: [
      `--kubeconfig=${state.kubeconfig}`,
      '--bind-address=127.0.0.1',
      '--secure-port=0',
      '--leader-elect=false',
      '--profiling=false',
      `--controllers=${controllers.join(',')}`,
      `--service-account-private-key-file=${credentials.serviceAccountKey}`,
      `--root-ca-file=${credentials.caFile}`,
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ],
  };
}

export function scheduler({ state, parts }: PlaneContext): PartSpec {
  return {
    part: 'kube-scheduler',
    program: parts.kubeScheduler,
    level: 2,
    env: partEnvironment(state),
    args: [
      `--kubeconfig=${state.kubeconfig}`,
      '--bind-address=127.0.0.1',
      '--secure-port=0',
      '--leader-elect=false',
      '--profiling=false',
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ],
  };
}

/**
 * kwok plays the kubelet, the load balancer, the ingress controller and the volume provisioner,
 * by the stages in `kwok/`. Without the node lifecycle controller nothing reads leases, so it
 * writes none; and it opens no port.
 */
export function kwok({ state, parts }: PlaneContext, ready: () => Promise<boolean>): PartSpec {
  const stages = join(__dirname, 'kwok');
  const files = readdirSync(stages)
    .filter((file) => file.endsWith('.yaml'))
    .sort();
  return {
    part: 'kwok',
    program: parts.kwok,
    level: 2,
    env: { ...partEnvironment(state), KWOK_WORKDIR: join(state.home, 'kwok') },
    ready,
    args: [
      `--kubeconfig=${state.kubeconfig}`,
      '--manage-all-nodes=true',
      '--node-lease-duration-seconds=0',
      '--server-address=',
      '--node-ip=10.244.0.1',
      ...files.map((file) => `--config=${join(stages, file)}`),
    ],
  };
}
