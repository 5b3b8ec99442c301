import type { PartName } from './pins';

/** What is going on, as data. `done` and `total` count bytes of a download and packages of a build. */
export interface PartsProgress {
  readonly phase: 'find' | 'download' | 'build' | 'verify';
  readonly part?: PartName;
  readonly done?: number;
  readonly total?: number;
  readonly message: string;
}

export type OnProgress = (progress: PartsProgress) => void;

/**
 * Passes progress on, and repeats the last one when nothing was heard for `beatMs`, so that a long
 * link or a slow mirror never looks like a hang. `stop` ends it.
 */
export function heartbeat(onProgress: OnProgress, beatMs: number): { report: OnProgress; stop: () => void } {
  const started = Date.now();
  let last: PartsProgress | undefined;
  const beat = () => {
    if (!last) return;
    onProgress({ ...last, message: `${last.message} (${Math.round((Date.now() - started) / 1000)} s)` });
  };
  let timer = setInterval(beat, beatMs);
  const report: OnProgress = (progress) => {
    last = progress;
    clearInterval(timer);
    timer = setInterval(beat, beatMs);
    onProgress(progress);
  };
  return { report, stop: () => clearInterval(timer) };
}
