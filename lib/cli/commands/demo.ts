import { type LocalRun } from '../../local';
import { columns, printFindings, printOrder, seconds } from '../../report';
import { verify, type Finding } from '../../verify';
import { exitCodes, type ExitCode } from '../exit';
import { onInterrupt } from '../interrupt';
import { loadFleet, type Rendering } from '../load';
import { chooseCluster } from '../local';
import { printData, printJson, printNote, reportsOf, type GlobalOptions } from '../output';
import { findProject, type Project } from '../project';
import { changeImageAndWait, deleteAndWait, revertAndWait, settledOrThrow, type TourStep } from '../tour';
import { changeReporter, startRun } from './up';

export interface DemoOptions extends GlobalOptions {
  readonly cluster?: string;
  readonly engine?: 'in-process' | 'pulumi';
}

/**
 * `argosy demo`: what the fleet is and will do, from Node alone; then the same on the real parts:
 * bootstrap, drift, a merge, a revert. Ends by itself and leaves nothing running. Where the parts
 * cannot be had the first half stands, and the error says why the second does not.
 */
export async function demo(options: DemoOptions): Promise<ExitCode> {
  const begin = performance.now();
  const project = findProject(process.cwd());
  const { signal, dispose } = onInterrupt();
  const steps: TourStep[] = [];
  let half: FirstHalf | undefined;
  try {
    // The parts are fetched or built meanwhile; what fails there is told below, by startRun.
    const loading = loadFleet(project.fleet, { signal });
    const run = startRun(project, options, signal, undefined, loading);
    run.catch(() => undefined);
    try {
      half = firstHalf(await loading, project, options);
      printNote(`✓ rendered and checked in ${seconds(performance.now() - begin)}, without a cluster`);
    } catch (error) {
      await run.then((started) => started.stop()).catch(() => undefined); // it has met the same mistake
      throw error;
    }
    await tour(await run, steps, begin, signal);
    if (options.json) printJson({ version: 1, ...half, steps });
    else printData(printSteps(steps));
    return exitCodes.ok;
  } catch (error) {
    if (signal.aborted) printNote('ended before the tour was over');
    if (options.json)
      printJson({
        version: 1,
        ...half,
        steps,
        ...(signal.aborted ? { interrupted: true } : { errors: reportsOf(error) }),
      });
    if (signal.aborted) return exitCodes.error;
    throw error;
  } finally {
    dispose();
  }
}

/** What Node alone can tell, as the JSON document has it. */
interface FirstHalf {
  readonly cluster: string;
  readonly findings: readonly Finding[];
}

function firstHalf(rendering: Rendering, project: Project, options: DemoOptions): FirstHalf {
  const { name } = chooseCluster(rendering, options.cluster);
  const findings = verify(rendering.fleet.clusters, project.folder);
  if (!options.json) {
    printData(rendering.fleet.clusters.map(printOrder).join('\n\n'));
    printData(
      findings.length === 0
        ? 'checked: nothing that Argo CD would refuse, drop or fight over'
        : printFindings(findings),
    );
  }
  return { cluster: name, findings };
}

async function tour(run: LocalRun, steps: TourStep[], begin: number, signal: AbortSignal): Promise<void> {
  const record = (step: TourStep): void => {
    steps.push(step);
    printNote(`✓ ${step.step} in ${seconds(step.milliseconds)} (${step.seen})`);
  };
  const broken = new Promise<never>((_, reject) => {
    run.onDied(reject);
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
  broken.catch(() => undefined);
  const orBroken = <T>(work: Promise<T>): Promise<T> => Promise.race([work, broken]);
  try {
    const states = await orBroken(settledOrThrow(run.settle({ onChange: changeReporter() })));
    const { sources } = run;
    steps.push({ step: 'parts at hand, fleet checked', seen: sources, milliseconds: run.began - begin });
    record({
      step: 'bootstrap, every application Healthy',
      seen: `${states.length} applications`,
      milliseconds: performance.now() - run.began,
    });
    record(await orBroken(deleteAndWait(run)));
    const { step, commit } = await orBroken(changeImageAndWait(run));
    record(step);
    record(await orBroken(revertAndWait(run, commit)));
  } finally {
    const end = performance.now();
    await run.stop();
    steps.push({ step: 'clean end', seen: 'no process left', milliseconds: performance.now() - end });
  }
}

function printSteps(steps: readonly TourStep[]): string {
  const rows = steps.map(({ step, seen, milliseconds }) => [seconds(milliseconds).padStart(7), step, seen]);
  return `\n${columns([['TIME'.padStart(7), 'STEP', 'SEEN'], ...rows])}`;
}
