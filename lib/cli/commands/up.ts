import { watch } from 'node:fs';
import { dirname, relative } from 'node:path';
import { acquireParts, isSettled, LocalRun, type ApplicationState } from '../../local';
import { inert, printStates, seconds } from '../../report';
import { exitCodes, type ExitCode } from '../exit';
import { onInterrupt } from '../interrupt';
import { loadFleet } from '../load';
import { chooseCluster, renderLocally, stateFolder } from '../local';
import { printData, printError, printJson, printNote, type GlobalOptions } from '../output';
import { partsReporter, runReporter } from '../progress';
import { findProject, type Project } from '../project';

export interface UpOptions extends GlobalOptions {
  readonly cluster?: string;
  readonly engine?: 'in-process' | 'pulumi';
  readonly watch?: boolean;
  readonly keep?: boolean;
}

/** `argosy up`: one cluster of the fleet on this machine, until Ctrl-C. */
export async function up(options: UpOptions): Promise<ExitCode> {
  const project = findProject(process.cwd());
  const { signal, interrupted, dispose } = onInterrupt();
  try {
    const begin = performance.now();
    const run = await startRun(project, options, signal);
    try {
      const died = new Promise<never>((_, reject) => run.onDied(reject));
      const states = await Promise.race([run.settle({ onChange: changeReporter() }), died]);
      announce(run, states, performance.now() - begin, options, project);
      if (options.watch) watchProgram(run, project, signal, options);
      await Promise.race([interrupted, died]);
      printNote('ending');
    } finally {
      await run.stop();
    }
    return exitCodes.ok;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return exitCodes.ok;
    throw error;
  } finally {
    dispose();
  }
}

/** Finds the parts, renders the fleet and starts the cluster that the options mean. */
export async function startRun(project: Project, options: UpOptions, signal: AbortSignal): Promise<LocalRun> {
  const parts = acquireParts({ onProgress: partsReporter(), signal });
  const rendering = loadFleet(project.fleet);
  const [found, rendered] = await Promise.all([parts, rendering]);
  const cluster = chooseCluster(rendered, options.cluster);
  printNote(`${cluster.name}: Kubernetes and Argo CD as processes on 127.0.0.1`);
  return LocalRun.start({
    cluster: cluster.name,
    folder: stateFolder(project, cluster.name),
    keep: options.keep ?? false,
    parts: found,
    program: project.infra,
    project: project.folder,
    engine: options.engine ?? 'in-process',
    render: (url) => renderLocally(project, cluster.name, url),
    onProgress: runReporter(),
    signal,
  });
}

/** Tells each application once it settles. */
export function changeReporter(): (states: readonly ApplicationState[]) => void {
  const told = new Set<string>();
  return (states) => {
    for (const state of states) {
      if (!isSettled(state) || told.has(state.name)) continue;
      told.add(state.name);
      printNote(`  ${inert(state.name)} Synced and Healthy`);
    }
  };
}

function announce(
  run: LocalRun,
  states: readonly ApplicationState[],
  milliseconds: number,
  options: UpOptions,
  project: Project,
): void {
  const near = (path: string): string => relative(process.cwd(), path) || '.';
  if (options.json) {
    printJson({
      version: 1,
      cluster: run.cluster.name,
      kubeconfig: run.kubeconfig,
      repository: run.repository.folder,
      milliseconds,
      applications: states,
    });
    return;
  }
  const settled = states.length > 0 && states.every(isSettled);
  const { folder } = run.repository;
  printNote(
    settled
      ? `✓ every application Synced and Healthy, after ${seconds(milliseconds)}`
      : '✗ not every application settled',
  );
  if (run.ignoredSettings.length > 0) printNote(`  without effect here: ${run.ignoredSettings.join(', ')}`);
  printNote('  the chart is not rendered here: Argo CD manages its settings from the ConfigMaps the values set');
  printData(
    [
      printStates(run.cluster.name, states),
      '',
      'Try next:',
      `  export KUBECONFIG=${near(run.kubeconfig)}`,
      '  kubectl get applications --namespace argocd',
      `  git -C ${near(folder)} log --oneline   # what Argo CD watches: commit there, or revert`,
      ...(options.watch
        ? [`  save a file in ${near(dirname(project.fleet))}/   # rendered and committed at once`]
        : []),
      'Ctrl-C ends it.',
    ].join('\n'),
  );
}

/** Renders and commits at every save below the folder of the program. */
function watchProgram(run: LocalRun, project: Project, signal: AbortSignal, options: GlobalOptions): void {
  const folder = dirname(project.fleet);
  let timer: NodeJS.Timeout | undefined;
  let working = Promise.resolve();
  const publish = async (): Promise<void> => {
    try {
      const begin = performance.now();
      const commit = await run.publish('Render a save');
      if (commit) printNote(`✓ commit ${commit.slice(0, 8)}, ${seconds(performance.now() - begin)} after the save`);
    } catch (error) {
      printError(error, { ...options, json: false });
    }
  };
  watch(folder, { recursive: true, signal }, (_, file) => {
    if (file === null || !/\.(?:[cm]?ts|json)$/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => (working = working.then(publish)), 50);
  }).on('error', (error) => printError(error, options));
}
