import { LocalRun } from '../../local';
import { columns, printFindings, printOrder, seconds } from '../../report';
import { verify } from '../../verify';
import { exitCodes, type ExitCode } from '../exit';
import { onInterrupt } from '../interrupt';
import { loadFleet } from '../load';
import { chooseCluster } from '../local';
import { printData, printJson, printNote, type GlobalOptions } from '../output';
import { findProject } from '../project';
import { changeImageAndWait, deleteAndWait, revertAndWait, settledOrThrow, type TourStep } from '../tour';
import { changeReporter, startRun } from './up';

export interface DemoOptions extends GlobalOptions {
  readonly cluster?: string;
  readonly engine?: 'in-process' | 'pulumi';
}

/**
 * `argosy demo`: what the fleet is and will do, from Node alone; then the same on the real parts:
 * bootstrap, drift, a merge, a revert. Ends by itself and leaves nothing running.
 */
export async function demo(options: DemoOptions): Promise<ExitCode> {
  const begin = performance.now();
  const project = findProject(process.cwd());
  const { signal, dispose } = onInterrupt();
  try {
    // The parts are fetched or built meanwhile; what fails there is told below, by startRun.
    const run = startRun(project, options, signal);
    run.catch(() => undefined);
    const rendering = await loadFleet(project.fleet);
    const cluster = chooseCluster(rendering, options.cluster);
    const findings = verify(rendering.fleet.clusters, project.folder);
    if (!options.json) {
      printData(rendering.fleet.clusters.map(printOrder).join('\n\n'));
      printData(
        findings.length === 0
          ? 'checked: nothing that Argo CD would refuse, drop or fight over'
          : printFindings(findings),
      );
    }
    printNote(`✓ rendered and checked in ${seconds(performance.now() - begin)}, without a cluster`);

    const steps = await tour(await run, begin);
    if (options.json) printJson({ version: 1, cluster: cluster.name, findings, steps });
    else printData(printSteps(steps));
    return exitCodes.ok;
  } finally {
    dispose();
  }
}

async function tour(run: LocalRun, begin: number): Promise<TourStep[]> {
  const steps: TourStep[] = [];
  const record = (step: TourStep): void => {
    steps.push(step);
    printNote(`✓ ${step.step} in ${seconds(step.milliseconds)} (${step.seen})`);
  };
  const died = new Promise<never>((_, reject) => run.onDied(reject));
  died.catch(() => undefined);
  const orDied = <T>(work: Promise<T>): Promise<T> => Promise.race([work, died]);
  try {
    const states = await orDied(settledOrThrow(run.settle({ onChange: changeReporter() })));
    record({
      step: 'bootstrap, every application Healthy',
      seen: `${states.length} applications`,
      milliseconds: performance.now() - begin,
    });
    record(await orDied(deleteAndWait(run)));
    const { step, commit } = await orDied(changeImageAndWait(run));
    record(step);
    record(await orDied(revertAndWait(run, commit)));
  } finally {
    const end = performance.now();
    await run.stop();
    steps.push({ step: 'clean end', seen: 'no process left', milliseconds: performance.now() - end });
  }
  return steps;
}

function printSteps(steps: readonly TourStep[]): string {
  const rows = steps.map(({ step, seen, milliseconds }) => [seconds(milliseconds).padStart(7), step, seen]);
  return `\n${columns([['TIME'.padStart(7), 'STEP', 'SEEN'], ...rows])}`;
}
