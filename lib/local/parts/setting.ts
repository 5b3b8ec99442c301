import { join } from 'node:path';
import type { CachePlace } from './cache-folder';
import type { Target } from './platform';
import type { OnProgress } from './progress';
import type { ReleaseHomes } from './release';

/** How long to wait for what, in milliseconds. */
export interface PartsTimeouts {
  /** For a server's answer; a dead network is noticed in this time. @default 5000 */
  readonly answerMs: number;
  /** For the next piece of a download. @default 30000 */
  readonly stallMs: number;
  /** For a whole download. @default 900000 */
  readonly downloadMs: number;
  /** For a program to say its version. @default 10000 */
  readonly versionMs: number;
  /** Between two looks at the lock of another process. @default 250 */
  readonly pollMs: number;
  /** The longest silence of the progress. @default 5000 */
  readonly beatMs: number;
}

export const defaultTimeouts: PartsTimeouts = {
  answerMs: 5_000,
  stallMs: 30_000,
  downloadMs: 900_000,
  versionMs: 10_000,
  pollMs: 250,
  beatMs: 5_000,
};

/** Everything that is decided before the first look at the machine. */
export interface Setting {
  readonly env: NodeJS.ProcessEnv;
  readonly target: Target;
  /** The folder of the Go module. */
  readonly module: string;
  readonly place: CachePlace;
  readonly key: string;
  readonly homes: ReleaseHomes;
  readonly timeouts: PartsTimeouts;
  readonly signal?: AbortSignal | undefined;
  readonly report: OnProgress;
}

/** The cache's folder for this target and these pins. */
export function cacheOf({ place, key }: Setting): string {
  return join(place.folder, 'parts', key);
}
