import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from './api';
import { findsItsNeeds } from './argocd-needs';
import { applicationController, applicationSetController, repoServer } from './argocd-parts';
import type { ArgoCdContext, ArgoCdPorts } from './argocd-parts';
import type { ControlPlane } from './control-plane';
import { writeKubeconfig } from './credentials';
import { onFreePorts } from './ports';
import type { Programs } from './programs';
import type { OnProgress } from './progress';
import { redis } from './redis';
import { settingsWithoutEffect } from './settings';
import type { ArgoCdSettings, WithoutEffect } from './settings';
import type { PartSpec } from './supervisor';
import { together } from './together';

export interface ArgoCdOptions {
  readonly controlPlane: ControlPlane;
  readonly parts: Programs;
  /** The namespace that Argo CD watches; it need not exist yet. */
  readonly namespace: string;
  readonly settings: ArgoCdSettings;
  readonly redisPassword: string;
  /** @default - the control plane's */
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Argo CD's running components. They belong to the control plane's supervisor, which also ends them. */
export interface ArgoCdProcesses {
  readonly namespace: string;
  readonly ports: ArgoCdPorts;
  /** Settings that the local run does not follow, for `up` to name, with the reason of each. */
  readonly withoutEffect: readonly WithoutEffect[];
}

const names = ['redis', 'argocd-repo-server', 'argocd-application-controller', 'argocd-applicationset-controller'];

/**
 * Starts redis and Argo CD's components, and waits until each says that it serves. May be called
 * as soon as the control plane runs: the controllers wait for their CRDs and argocd-cm. When
 * anything fails, the components are ended again; the control plane stays.
 */
export async function startArgoCd(options: ArgoCdOptions): Promise<ArgoCdProcesses> {
  const { controlPlane, namespace, settings } = options;
  const { processes, state } = controlPlane;
  const ports = await onFreePorts(
    7,
    async (free) => {
      const context = prepare(options, portsOf(free));
      state.recordPorts({ ...context.ports });
      await startParts(context, options);
      return context.ports;
    },
    () => processes.stop(names),
  );
  return { namespace, ports, withoutEffect: settingsWithoutEffect(settings) };
}

async function startParts(context: ArgoCdContext, { signal, onProgress }: ArgoCdOptions): Promise<void> {
  const { controlPlane, parts, ports, redisPassword, namespace } = context;
  const { processes, state, server, token, caFile } = controlPlane;
  const api = new Api(server, token, caFile);
  const start = (spec: PartSpec, kinds?: readonly string[]) => async (both: AbortSignal) => {
    if (kinds) await findsItsNeeds(api, { namespace, kinds }, both);
    await processes.start(spec, { signal: both, onProgress });
  };
  try {
    await together(
      [
        start(redis(state, parts, ports.redis, redisPassword)),
        start(repoServer(context)),
        start(applicationController(context), ['applications', 'appprojects']),
        start(applicationSetController(context), ['applications', 'applicationsets']),
      ],
      signal ? AbortSignal.any([signal, processes.ending]) : processes.ending,
    );
  } finally {
    api.close();
  }
}

/** Writes what the components find in the state folder instead of in their image. */
function prepare(options: ArgoCdOptions, ports: ArgoCdPorts): ArgoCdContext {
  const { controlPlane, parts, namespace } = options;
  const { state } = controlPlane;
  const bin = join(state.home, 'bin');
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin, { recursive: true });
  for (const name of ['tls', 'ssh', 'gnupg', 'gpg', 'plugins', 'app-config', 'helm', 'kubecache']) {
    mkdirSync(join(state.home, name), { recursive: true, mode: 0o700 });
  }
  symlinkSync(parts.argocd, join(bin, 'argocd')); // git asks it for credentials, as `argocd`
  copyFileSync(join(parts.argocdFiles, 'git-verify-wrapper.sh'), join(bin, 'git-verify-wrapper.sh'));
  chmodSync(join(bin, 'git-verify-wrapper.sh'), 0o700);
  const kubeconfig = writeKubeconfig(join(state.credentials, 'argocd.kubeconfig'), { ...controlPlane, namespace });
  return { ...options, ports, bin, kubeconfig, askPassSocket: join(state.sockets, 'ask-pass.sock') };
}

function portsOf(free: readonly number[]): ArgoCdPorts {
  const [
    redis = 0,
    repoServer = 0,
    repoServerMetrics = 0,
    controllerMetrics = 0,
    applicationSetMetrics = 0,
    applicationSetProbe = 0,
    applicationSetWebhook = 0,
  ] = free;
  return {
    redis,
    repoServer,
    repoServerMetrics,
    controllerMetrics,
    applicationSetMetrics,
    applicationSetProbe,
    applicationSetWebhook,
  };
}
