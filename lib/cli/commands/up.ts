import { existsSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { acquireParts, isSettled, LocalRun, type ApplicationState } from '../../local';
import { ArgosyError } from '../../kube';
import type { Repository } from '../../render';
import { inert, printStates, seconds } from '../../report';
import { exitCodes, type ExitCode } from '../exit';
import { onInterrupt } from '../interrupt';
import { loadFleet, type Rendering } from '../load';
import { chooseCluster, renderLocally, stateFolder } from '../local';
import { printData, printError, printJson, printNote, type GlobalOptions } from '../output';
import { partsReporter, runReporter } from '../progress';
import { findProject, type Project } from '../project';
import { ProgramWatch } from '../watch';

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
  const modules = new Set<string>();
  const onModules = (files: readonly string[]): void => files.forEach((file) => modules.add(file));
  let run: LocalRun | undefined;
  let watching: ProgramWatch | undefined;
  let ready = false;
  try {
    const begin = performance.now();
    run = await startRun(project, options, signal, onModules);
    const died = new Promise<never>((_, reject) => run?.onDied(reject));
    const states = await Promise.race([run.settle({ onChange: changeReporter() }), died]);
    announce(run, states, performance.now() - begin, options, project);
    ready = true;
    if (options.watch) watching = watchProgram(run, modules, options, signal);
    await Promise.race([interrupted, died]);
    printNote('ending');
  } catch (error) {
    // What an interruption breaks off may fail in its own words: Ctrl-C ends git and the bootstrap program too.
    if (!signal.aborted) throw error;
    if (!ready) printNote('ended before it was ready');
    if (!ready && options.json) printJson({ version: 1, interrupted: true });
  } finally {
    watching?.close();
    await run?.stop();
    dispose();
  }
  return exitCodes.ok;
}

/**
 * Finds the parts, renders the fleet and starts the cluster that the options mean. A mistake in
 * the program is told at once, and breaks off the search for the parts. Whoever renders the fleet
 * already hands that over as `loading`.
 */
export async function startRun(
  project: Project,
  options: UpOptions,
  signal: AbortSignal,
  onModules?: (files: readonly string[]) => void,
  loading?: Promise<Rendering>,
): Promise<LocalRun> {
  checkInfra(project);
  const mistake = new AbortController();
  const parts = acquireParts({ onProgress: partsReporter(), signal: AbortSignal.any([signal, mistake.signal]) });
  parts.catch(() => undefined); // awaited below, unless the program is told first
  let cluster;
  let repository: Repository;
  try {
    const rendering = await (loading ?? loadFleet(project.fleet, { onModules, signal }));
    cluster = chooseCluster(rendering, options.cluster);
    repository = rendering.fleet.repository;
  } catch (error) {
    mistake.abort(error);
    await parts.catch(() => undefined);
    throw error;
  }
  const { name } = cluster;
  const found = await parts;
  printNote(`${name}: Kubernetes and Argo CD as processes on 127.0.0.1`);
  return LocalRun.start({
    cluster: name,
    folder: stateFolder(project, name),
    keep: options.keep ?? false,
    parts: found,
    program: project.infra,
    engine: options.engine ?? 'in-process',
    // The bootstrap program keeps the folder that the fleet declares, and so does this.
    render: (url) => renderLocally(project, name, { ...repository, url, revision: 'main' }, { onModules, signal }),
    onProgress: runReporter(),
    signal,
  });
}

function checkInfra({ infra }: Project): void {
  if (existsSync(infra)) return;
  throw new ArgosyError({
    code: 'program-error',
    where: { location: relative(process.cwd(), infra) },
    what: 'the bootstrap program does not exist',
    why: 'package.json names it as argosy.infra; it brings Argo CD onto the cluster',
    fix: 'create it, or correct package.json',
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
      milliseconds: Math.round(milliseconds),
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
  for (const note of run.notes) printNote(`  ${inert(note)}`);
  for (const { key, reason } of run.withoutEffect) printNote(`  ${inert(key)} has no effect here: ${reason}`);
  printNote('  the chart is not rendered here: Argo CD manages its settings from the ConfigMaps the values set');
  printData(
    [
      printStates(run.cluster.name, states),
      '',
      'Try next:',
      `  export KUBECONFIG=${quoted(near(run.kubeconfig))}`,
      '  kubectl get applications --namespace argocd',
      `  git -C ${quoted(near(folder))} log --oneline   # what Argo CD watches: commit there, or revert`,
      ...(options.watch
        ? [`  save a file in ${near(dirname(project.fleet))}/   # rendered and committed at once`]
        : []),
      'Ctrl-C ends it.',
    ].join('\n'),
  );
}

/** A path as a shell reads it. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/** Renders and commits at every save of a module of the program. What fails is told, and the run goes on. */
function watchProgram(
  run: LocalRun,
  modules: ReadonlySet<string>,
  options: GlobalOptions,
  signal: AbortSignal,
): ProgramWatch {
  // What the end of the run breaks off is no error.
  const tell = (error: unknown): void => {
    if (!signal.aborted) printError(error, { ...options, json: false });
  };
  let working = Promise.resolve();
  const publish = async (saved: boolean): Promise<void> => {
    if (signal.aborted) return;
    const begin = performance.now();
    try {
      const commit = await run.publish('Render a save');
      if (commit) printNote(`✓ commit ${commit.slice(0, 8)}, ${seconds(performance.now() - begin)} after the save`);
      else if (saved) printNote('  saved: the manifests stay as they are');
      if (saved && run.pendingSettings.length > 0)
        printNote(`  takes effect at the next up: ${run.pendingSettings.join(', ')}`);
    } catch (error) {
      tell(error);
    }
    watching.follow([...modules]);
  };
  const watching = new ProgramWatch(() => (working = working.then(() => publish(true))), tell);
  watching.follow([...modules]);
  working = publish(false); // what was saved since the first commit
  return watching;
}
