import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ArgosyError } from '../kube';
import type { OperatorPlan } from '../operator';
import { rootName, type RenderedCluster, type TreeFile } from '../render';
import { Api } from './api';
import { startArgoCd } from './argocd';
import { startControlPlane, type ControlPlane } from './control-plane';
import { ProgramEngine } from './engine';
import type { EngineRequest } from './engine-child';
import { followCommits } from './follow';
import { Objects } from './objects';
import type { Parts } from './parts';
import { until } from './poll';
import type { Progress } from './progress';
import { runPulumi } from './pulumi';
import { Repository } from './repository';
import { settingsForRestart, type ArgoCdSettings, type WithoutEffect } from './settings';
import { openState, type StateFolder } from './state';
import { isSettled, readStates, type ApplicationState } from './status';
import { together, unlessAborted } from './together';

/** A fleet as one local cluster needs it, rendered for the repository that its Argo CD watches. */
export interface LocalFleet {
  readonly cluster: RenderedCluster;
  /** The Argo CD that the cluster declares. */
  readonly plan: OperatorPlan;
  /** Its settings, as its processes read them. */
  readonly settings: ArgoCdSettings & { readonly rbac: Readonly<Record<string, string>> };
  /** Folder of the repository that holds the manifests. */
  readonly path: string;
  readonly branch: string;
  readonly files: readonly TreeFile[];
}

/** What a run tells while it starts. */
export type RunProgress =
  | ({ readonly kind: 'part' } & Progress)
  | { readonly kind: 'resource'; readonly type: string; readonly name: string }
  | { readonly kind: 'step'; readonly step: string; readonly milliseconds: number };

export interface RunOptions {
  readonly cluster: string;
  /** State folder of this cluster. */
  readonly folder: string;
  /** Keep the cluster and repository of the last run. @default false */
  readonly keep?: boolean;
  readonly parts: Parts;
  /** Entry module of the bootstrap program. */
  readonly program: string;
  /** @default 'in-process' */
  readonly engine?: 'in-process' | 'pulumi';
  /**
   * Renders the fleet with the URL of the repository that Argo CD watches. The signal tells that the
   * start has failed meanwhile: what comes after that is not used.
   */
  readonly render: (repositoryUrl: string, signal?: AbortSignal) => Promise<LocalFleet>;
  readonly onProgress?: (progress: RunProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * One cluster, running: a control plane, Argo CD and the Git repository it watches. Whoever holds
 * it stops it; when the process is killed, the watchdog does.
 */
export class LocalRun {
  /** Starts everything and bootstraps it. Returns when Argo CD has begun; `settle` waits for the fleet. */
  static async start(options: RunOptions): Promise<LocalRun> {
    const { onProgress = () => undefined, signal } = options;
    const begin = performance.now();
    const step = (name: string): void =>
      onProgress({ kind: 'step', step: name, milliseconds: performance.now() - begin });
    const onPart = (progress: Progress): void => onProgress({ kind: 'part', ...progress });

    const redisPassword = randomBytes(24).toString('hex');
    const state = await openState(options.folder, { fresh: !options.keep });
    const engine = options.engine === 'pulumi' ? undefined : new ProgramEngine();
    const broken = new AbortController(); // once a part has died
    const ending = signal ? AbortSignal.any([signal, broken.signal]) : broken.signal;
    ending.addEventListener('abort', () => engine?.stop(), { once: true });
    let plane = undefined as ControlPlane | undefined;
    try {
      const [fleet, ready] = await together(
        [
          async (both) => {
            const published = await publish(options, both);
            engine?.begin(requestOf(options, state, published, redisPassword));
            return published;
          },
          async (both) => {
            plane = await startControlPlane({
              state,
              parts: options.parts,
              name: options.cluster,
              onProgress: onPart,
              onServing: (connection) =>
                engine?.connect(connection, (resource) => onProgress({ kind: 'resource', ...resource })),
              signal: both,
            });
            plane.processes.onDied((error) => broken.abort(error));
            return plane;
          },
        ],
        ending,
      );
      step('control plane');
      const { repository, rendered } = fleet;
      const run = new LocalRun(options, state, ready, repository, rendered, begin);
      const { plan, settings } = rendered;
      const [, { withoutEffect }] = await together(
        [
          async (both) => {
            const request = requestOf(options, state, fleet, redisPassword);
            if (engine) await unlessAborted(engine.end(), both);
            else await runPulumi({ request, state, processes: ready.processes, plan, signal: both });
            step('bootstrap');
          },
          // Each component waits by itself for what the bootstrap makes.
          (both) =>
            startArgoCd({
              controlPlane: ready,
              parts: options.parts,
              namespace: plan.namespace,
              settings,
              redisPassword,
              onProgress: onPart,
              signal: both,
            }),
        ],
        ending,
      );
      run.withoutEffect = withoutEffect;
      step('Argo CD');
      run.unfollow = followCommits(repository, (commit, before) => run.announce(commit, before));
      // What the last run compared just before it ended would stand until the next poll, minutes later.
      if (options.keep) await run.refresh();
      return run;
    } catch (error) {
      engine?.stop();
      await plane?.processes.stopAll();
      await state.close();
      throw error;
    }
  }

  readonly objects: Objects;
  readonly kubeconfig: string;
  /** Declared settings that a local run does not follow, and why. */
  withoutEffect: readonly WithoutEffect[] = [];
  private readonly startedWith: ArgoCdSettings;
  private unfollow: () => void = () => undefined;

  private constructor(
    private readonly options: RunOptions,
    readonly state: StateFolder,
    readonly plane: ControlPlane,
    readonly repository: Repository,
    private fleet: LocalFleet,
    /** When it began, with its parts at hand: what `performance.now()` said. */
    readonly began: number,
  ) {
    this.kubeconfig = plane.kubeconfig;
    this.startedWith = fleet.settings;
    this.objects = new Objects(new Api(plane.server, plane.token, plane.caFile));
  }

  get cluster(): RenderedCluster {
    return this.fleet.cluster;
  }

  /** Folder of the repository that holds the manifests. */
  get manifests(): string {
    return this.fleet.path;
  }

  /** How the parts were come by, such as `7 cache, 1 path`. */
  get sources(): string {
    const ways = this.options.parts.sources.map(({ how }) => how);
    return [...new Set(ways)].map((way) => `${ways.filter((each) => each === way).length} ${way}`).join(', ');
  }

  /** What the user should know of the programs that run, such as where else one listens. */
  get notes(): readonly string[] {
    return this.options.parts.sources.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]));
  }

  /**
   * Keys of the settings published since the start that Argo CD's processes read from their
   * environment, and so will follow from the next start on; sorted.
   */
  get pendingSettings(): readonly string[] {
    return settingsForRestart(this.startedWith, this.fleet.settings);
  }

  /** Name of the Application that syncs a unit's folder, such as `staging/api`. */
  applicationOf(folder: string): string {
    return folder.replace('/', '-');
  }

  /** Calls back when a part dies that was not asked to, or has already. */
  onDied(listener: (error: ArgosyError) => void): void {
    this.plane.processes.onDied(listener);
  }

  states(): Promise<ApplicationState[]> {
    return readStates(this.objects, this.fleet.plan.namespace);
  }

  /**
   * Waits until the root and every Application that Git declares are Synced and Healthy, at the
   * given commit where one is given. Returns the last states, settled or not.
   */
  async settle({ commit, deadline = 240_000, onChange }: SettleOptions = {}): Promise<ApplicationState[]> {
    const expected = new Set([rootName(this.cluster.name), ...applicationNames(this.cluster)]);
    let last: ApplicationState[] = [];
    await until(
      async () => {
        last = await this.states();
        onChange?.(last);
        const there = new Set(last.map(({ name }) => name));
        return (
          [...expected].every((name) => there.has(name)) &&
          last.every((each) => (expected.has(each.name) || each.generated) && isSettled(each) && isAt(commit, each))
        );
      },
      { deadline, interval: 100, signal: this.options.signal },
    );
    return last;
  }

  /** Renders the fleet again, commits what differs and returns the commit, or undefined. */
  async publish(message: string): Promise<string | undefined> {
    const fleet = await this.options.render(this.repository.url);
    const commit = await this.repository.publish(fleet.path, fleet.files, message);
    this.fleet = fleet; // what is waited for is what was committed
    return commit;
  }

  /** Asks Argo CD to look at Git now, as a webhook would: it polls only every other minute. */
  async refresh(names?: readonly string[]): Promise<void> {
    const all = await this.objects.list('argoproj.io/v1alpha1', 'Application', this.fleet.plan.namespace);
    const applications = all.filter(({ metadata }) => names === undefined || names.includes(metadata.name));
    const patch = { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } };
    await Promise.all(applications.map((application) => this.objects.merge(application, patch).catch(() => undefined)));
  }

  /** Ends every part and gives the state folder back. */
  async stop(): Promise<void> {
    this.unfollow();
    await this.plane.processes.stopAll();
    this.objects.api.close();
    await this.state.close();
  }

  /** Refreshes every Application once, then those that have not compared the commit yet. */
  private async announce(commit: string, before: number): Promise<boolean> {
    if (before === 0) {
      await this.refresh();
      return false;
    }
    const behind = (await this.states()).filter((state) => !isAt(commit, state)).map(({ name }) => name);
    if (behind.length > 0) await this.refresh(behind);
    return behind.length === 0;
  }
}

export interface SettleOptions {
  /** Commit that every Application from Git must have been compared with. */
  readonly commit?: string | undefined;
  /** Milliseconds. @default 240,000 */
  readonly deadline?: number;
  readonly onChange?: (states: readonly ApplicationState[]) => void;
}

/** Names of the Applications that Git declares for a cluster. */
export function applicationNames(cluster: RenderedCluster): string[] {
  return cluster.root.objects
    .filter(({ manifest }) => manifest.kind === 'Application')
    .map(({ manifest }) => manifest.metadata.name);
}

/** What the bootstrap program is run with: it takes everything else from the fleet itself. */
function requestOf(options: RunOptions, state: StateFolder, fleet: Published, redisPassword: string): EngineRequest {
  return {
    program: options.program,
    stack: options.cluster,
    configuration: {
      'argosy:repositoryUrl': fleet.repository.url,
      'argosy:repositoryRevision': fleet.rendered.branch,
      'argosy:selfManagement': 'settings',
      'argosy:crds': join(options.parts.argocdFiles, 'crds'),
      'argosy:redisPassword': redisPassword,
      'argosy:kubeconfig': state.kubeconfig,
    },
    secrets: ['argosy:redisPassword'],
  };
}

interface Published {
  readonly rendered: LocalFleet;
  readonly repository: Repository;
}

async function publish(options: RunOptions, signal: AbortSignal): Promise<Published> {
  const folder = join(options.folder, 'repository');
  const repository = await Repository.open(folder, 'main');
  const rendered = await unlessAborted(options.render(repository.url, signal), signal);
  await repository.publish(rendered.path, rendered.files, `Render ${options.cluster}`);
  return { rendered, repository };
}

/** Whether an application was compared with a commit; one that a chart is the source of has none. */
function isAt(commit: string | undefined, { revision }: ApplicationState): boolean {
  return commit === undefined || revision === commit || !/^[0-9a-f]{40}$/.test(revision);
}
