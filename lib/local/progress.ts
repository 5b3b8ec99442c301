/** One step of a part's life, for whoever shows progress. */
export interface Progress {
  readonly part: string;
  readonly state: 'starting' | 'ready' | 'died' | 'stopped';
  /** Since the part was started; with `ready`, `died` and `stopped`. */
  readonly milliseconds?: number;
}

export type OnProgress = (progress: Progress) => void;
