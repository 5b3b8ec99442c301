import { join } from 'node:path';
import type { ControlPlane } from './control-plane';
import { networkEnvironment, partEnvironment } from './environment';
import type { Programs } from './programs';
import { settingsEnvironment } from './settings';
import type { ArgoCdSettings, Component } from './settings';
import type { PartSpec } from './supervisor';

/** Ports of one run of Argo CD, all on 127.0.0.1. */
export interface ArgoCdPorts {
  readonly redis: number;
  readonly repoServer: number;
  readonly repoServerMetrics: number;
  readonly controllerMetrics: number;
  readonly applicationSetMetrics: number;
  readonly applicationSetProbe: number;
  readonly applicationSetWebhook: number;
}

export interface ArgoCdContext {
  readonly controlPlane: ControlPlane;
  readonly parts: Programs;
  readonly namespace: string;
  readonly settings: ArgoCdSettings;
  readonly redisPassword: string;
  readonly ports: ArgoCdPorts;
  /** Kubeconfig whose current namespace is Argo CD's. */
  readonly kubeconfig: string;
  /** Folder with `argocd` and `git-verify-wrapper.sh`, first on the repo-server's PATH. */
  readonly bin: string;
  readonly askPassSocket: string;
}

/** The repo-server. It asks nothing of Kubernetes; its PATH leads to `git` and what else renders manifests. */
export function repoServer(context: ArgoCdContext): PartSpec {
  const { ports, bin, askPassSocket, controlPlane } = context;
  return {
    ...component(context, 'argocd-repo-server', ports.repoServerMetrics, '/healthz?full=true'),
    env: {
      ...environment(context, 'argocd-repo-server', `${bin}:${process.env['PATH'] ?? '/usr/bin:/bin'}`),
      ...networkEnvironment(),
      ARGOCD_ASK_PASS_SOCK: askPassSocket,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      ...helmFolders(controlPlane.state.home),
    },
    args: [
      '--address=127.0.0.1',
      `--port=${ports.repoServer}`,
      '--metrics-address=127.0.0.1',
      `--metrics-port=${ports.repoServerMetrics}`,
      '--disable-tls',
      '--client-ca-path=', // refused together with --disable-tls, and its default is a file of the image
      `--redis=127.0.0.1:${ports.redis}`,
    ],
  };
}

/**
 * The application-controller. Its metrics port has no address flag: our own build binds it to
 * loopback, an official program to every address.
 */
export function applicationController(context: ArgoCdContext): PartSpec {
  const { ports, namespace, kubeconfig, controlPlane } = context;
  return {
    ...component(context, 'argocd-application-controller', ports.controllerMetrics, '/healthz'),
    env: {
      ...environment(context, 'argocd-application-controller'),
      ARGOCD_CONTROLLER_REPLICAS: '1',
      KUBECACHEDIR: join(controlPlane.state.home, 'kubecache'),
    },
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--namespace=${namespace}`,
      `--metrics-port=${ports.controllerMetrics}`,
      `--repo-server=127.0.0.1:${ports.repoServer}`,
      '--repo-server-plaintext',
      `--redis=127.0.0.1:${ports.redis}`,
    ],
  };
}

export function applicationSetController(context: ArgoCdContext): PartSpec {
  const { ports, namespace, kubeconfig } = context;
  return {
    ...component(context, 'argocd-applicationset-controller', ports.applicationSetMetrics, '/metrics'),
    env: { ...environment(context, 'argocd-applicationset-controller'), ...networkEnvironment(), NAMESPACE: namespace },
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--namespace=${namespace}`,
      `--metrics-addr=127.0.0.1:${ports.applicationSetMetrics}`,
      `--probe-addr=127.0.0.1:${ports.applicationSetProbe}`,
      `--webhook-addr=127.0.0.1:${ports.applicationSetWebhook}`,
      `--argocd-repo-server=127.0.0.1:${ports.repoServer}`,
      '--repo-server-plaintext',
    ],
  };
}

function component({ parts }: ArgoCdContext, name: Component, port: number, path: string) {
  return {
    part: name,
    program: parts.argocd,
    level: 2,
    ready: async () => (await fetch(`http://127.0.0.1:${port}${path}`)).ok,
  };
}

/** What every component gets, with the paths that its image has replaced by folders of the state folder. */
function environment(context: ArgoCdContext, name: Component, path?: string): Record<string, string> {
  const { controlPlane, settings, redisPassword, kubeconfig } = context;
  const { state } = controlPlane;
  return {
    ...partEnvironment(state, path),
    ...settingsEnvironment(name, settings),
    ARGOCD_BINARY_NAME: name,
    REDIS_PASSWORD: redisPassword,
    // `https://kubernetes.default.svc` is then the server of this kubeconfig (pkg/apis/application/v1alpha1/types.go)
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    KUBECONFIG: kubeconfig,
    ARGOCD_APP_CONF_PATH: join(state.home, 'app-config'),
    ARGOCD_TLS_DATA_PATH: join(state.home, 'tls'),
    ARGOCD_SSH_DATA_PATH: join(state.home, 'ssh'),
    ARGOCD_GNUPGHOME: join(state.home, 'gnupg'),
    ARGOCD_GPG_DATA_PATH: join(state.home, 'gpg'),
    ARGOCD_GPG_ENABLED: 'false',
    ARGOCD_PLUGINSOCKFILEPATH: join(state.home, 'plugins'),
    ARGOCD_PLUGINCONFIGFILEPATH: join(state.home, 'plugins'),
    ARGOCD_CMP_WORKDIR: join(state.tmp, 'cmp'),
    ARGOCD_ENABLE_PROFILER_FILE_PATH: join(state.home, 'profiler.enabled'),
  };
}

function helmFolders(home: string): Record<string, string> {
  const folder = join(home, 'helm');
  return { HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder };
}
