import type { PartsProgress, RunProgress } from '../local';
import { seconds } from '../report';
import { printNote } from './output';

/** Milliseconds between two lines about the same long step where there is no terminal. */
const beat = 5_000;

/** Tells, on stderr, how the parts are found, fetched or built: every change, and a heartbeat while one lasts. */
export function partsReporter(): (progress: PartsProgress) => void {
  let last = { message: '', at: -Infinity };
  return ({ phase, message, done, total }) => {
    if (phase === 'find') return;
    const now = performance.now();
    if (message === last.message || (phase === 'build' && now - last.at < beat)) return;
    last = { message, at: now };
    const share = done !== undefined && total ? `  ${Math.min(99, Math.floor((100 * done) / total))} %` : '';
    printNote(`  ${message}${share}`);
  };
}

/** Tells, on stderr, how a cluster comes up. */
export function runReporter(): (progress: RunProgress) => void {
  return (progress) => {
    if (progress.kind === 'step') printNote(`✓ ${progress.step}, after ${seconds(progress.milliseconds)}`);
    else if (progress.kind === 'resource')
      printNote(`  applied ${progress.type.replace(/^kubernetes:/, '')} ${progress.name}`);
    else if (progress.state === 'ready')
      printNote(`  ${progress.part} ready in ${seconds(progress.milliseconds ?? 0)}`);
    else if (progress.state === 'died') printNote(`✗ ${progress.part} died`);
  };
}
