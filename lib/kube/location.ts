import { relative } from 'node:path';

/** A position in the user's source. Lines and columns count from 1. */
export interface Location {
  /** Absolute path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A location as `apps/shop/api.ts:12:5`, relative to a folder. */
export function formatLocation({ file, line, column }: Location, folder: string = process.cwd()): string {
  const near = relative(folder, file);
  return `${near.startsWith('..') ? file : near}:${line}:${column}`;
}
