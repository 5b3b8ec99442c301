import { fileURLToPath } from 'node:url';
import { resolve, sep } from 'node:path';
import type { IConstruct } from 'constructs';
import type { Location } from '../kube';

const origins = new WeakMap<IConstruct, { readonly stack?: string }>();
const library = resolve(__dirname, '..') + sep;

/**
 * Remembers where a construct was made: the raw stack, formatted only when somebody asks.
 * Called by Argosy's own constructs, in their constructor.
 */
export function recordOrigin(construct: IConstruct): void {
  const stack = {};
  Error.captureStackTrace(stack, recordOrigin);
  origins.set(construct, stack);
}

/**
 * Where a construct was made, or its nearest ancestor that remembers it: the innermost call
 * outside Argosy and its dependencies.
 */
export function originOf(construct: IConstruct): Location | undefined {
  for (let at: IConstruct | undefined = construct; at; at = at.node.scope) {
    const stack = origins.get(at)?.stack;
    if (stack !== undefined) return firstForeignFrame(stack);
  }
  return undefined;
}

/** Where the code that is running now was called from, outside Argosy and its dependencies. */
export function callerLocation(): Location | undefined {
  return firstForeignFrame(new Error().stack ?? '');
}

/** The innermost frame of a stack that is the user's own source. */
export function firstForeignFrame(stack: string): Location | undefined {
  for (const frame of stack.split('\n').slice(1)) {
    // `at name (place)`, `at place` or `at async place`; a place of Node itself has no absolute path.
    const match = /^at (?:.*? \(|async )?((?:file:\/\/)?\/.*|[A-Za-z]:\\.*):(\d+):(\d+)\)?$/.exec(frame.trim());
    const place = match?.[1];
    if (place === undefined || place.endsWith('<anonymous>')) continue;
    const file = place.startsWith('file:') ? fileURLToPath(place) : place;
    if (file.startsWith(library) || file.includes(`${sep}node_modules${sep}`)) continue;
    return { file, line: Number(match?.[2]), column: Number(match?.[3]) };
  }
  return undefined;
}
