import { readFileSync } from 'node:fs';
import { Api } from './api';
import { controllerManager, etcd, kubeApiserver, kwok, scheduler } from './control-plane-parts';
import { makeCredentials, writeKubeconfig } from './credentials';
import { declareMachine, isDefaultNamespaceReady, isNodeReady } from './node';
import type { Programs } from './programs';
import { onFreePorts } from './ports';
import type { OnProgress } from './progress';
import type { StateFolder } from './state';
import { Supervisor } from './supervisor';
import type { PartSpec } from './supervisor';
import { together } from './together';

/** A running Kubernetes control plane of one node, on loopback. */
export interface ControlPlane {
  readonly name: string;
  readonly state: StateFolder;
  /** Path of the kubeconfig, readable by its owner alone. */
  readonly kubeconfig: string;
  readonly server: string;
  readonly token: string;
  readonly caFile: string;
  readonly processes: Supervisor;
}

export interface ControlPlaneOptions {
  readonly state: StateFolder;
  readonly parts: Programs;
  /** Name of the kubeconfig's context. */
  readonly name: string;
  readonly onProgress?: OnProgress | undefined;
  /** Told once the API server answers, before the rest of the control plane is ready. */
  readonly onServing?: ((connection: { server: string; token: string; caFile: string }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok, and waits until
 * the API answers, the default namespace has its ServiceAccount and the node is Ready. When any
 * of that fails, everything started is ended again. kube-scheduler has no port and so no probe:
 * it counts as ready once it runs.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { state, name, onProgress, signal } = options;
  const processes = new Supervisor(state, onProgress);
  try {
    const { server, token, caFile } = await onFreePorts(
      1,
      async ([port = 0]) => startParts(options, processes, port),
      () => processes.stop(processes.parts.map(({ part }) => part)),
    );
    signal?.throwIfAborted();
    return { name, state, kubeconfig: state.kubeconfig, server, token, caFile, processes };
  } catch (error) {
    await processes.stopAll();
    throw error;
  }
}

async function startParts(
  { state, parts, name, onServing, signal }: ControlPlaneOptions,
  processes: Supervisor,
  port: number,
) {
  const credentials = makeCredentials(state);
  const plane = { state, parts, credentials, port };
  const { token, caFile } = credentials;
  const server = `https://127.0.0.1:${port}`;
  let api: Api | undefined;
  const connected = () => (api ??= new Api(server, token, caFile));
  // What waits for a part that has died since would wait for its whole deadline.
  const broken = new AbortController();
  const unsubscribe = processes.onDied((error) => broken.abort(error));
  const alive = signal ? AbortSignal.any([signal, broken.signal]) : broken.signal;
  state.recordPorts({ 'kube-apiserver': port });
  writeKubeconfig(state.kubeconfig, { name, server, token, caFile });

  try {
    const start = (spec: PartSpec) => (both: AbortSignal) => processes.start(spec, { signal: both });
    const apiserver = kubeApiserver(plane, async () => {
      if (!isWhole(caFile)) return false;
      return (await connected().call('GET', '/readyz')).body === 'ok';
    });
    // kube-apiserver waits for etcd itself; the others would only take the processor from it, and wait 3 s for it.
    await together([start(etcd(plane)), start(apiserver)], alive);
    onServing?.({ server, token, caFile });
    await together(
      [
        () => declareMachine(connected()),
        start(scheduler(plane)),
        start(controllerManager(plane, () => isDefaultNamespaceReady(connected(), readFileSync(caFile, 'utf8')))),
        start(kwok(plane, () => isNodeReady(connected()))),
      ],
      alive,
    );
    return { server, token, caFile };
  } finally {
    unsubscribe();
    api?.close();
  }
}

/** Whether kube-apiserver has finished writing its certificate. */
function isWhole(caFile: string): boolean {
  return readFileSync(caFile, 'utf8').trimEnd().endsWith('-----END CERTIFICATE-----');
}
