import { ArgosyError, formatReport, type ErrorReport } from '../kube';
import { inert } from '../report';

/** Options every command knows. */
export interface GlobalOptions {
  /** Data on stdout as one JSON document with a `version`. */
  readonly json?: boolean;
  /** Stacks beside errors. */
  readonly debug?: boolean;
}

/** Writes data: stdout holds nothing else. */
export function printData(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Writes a JSON document. */
export function printJson(document: { readonly version: number; readonly [field: string]: unknown }): void {
  printData(JSON.stringify(document, undefined, 2));
}

/** Writes what happens, to stderr. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Writes an error, every one of several, with stacks only when asked. */
export function printError(error: unknown, { json, debug }: GlobalOptions): void {
  const reports = reportsOf(error);
  if (json) printJson({ version: 1, errors: reports.map(({ cause: _, ...report }) => report) });
  else for (const report of reports) printNote(inert(formatReport(report)));
  if (debug) for (const stack of stacksOf(error)) printNote(stack);
  else if (reports.some(({ code }) => code === 'unexpected')) printNote('  run again with --debug for the stack');
}

function reportsOf(error: unknown): ErrorReport[] {
  if (error instanceof AggregateError) return error.errors.flatMap(reportsOf);
  if (error instanceof ArgosyError) return [error.report];
  return [
    {
      code: 'unexpected',
      what: error instanceof Error ? error.message : String(error),
      why: 'Argosy met something it has no name for',
      fix: 'report it, with the output of the same command under --debug',
    },
  ];
}

function stacksOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const below = error instanceof AggregateError ? error.errors.flatMap(stacksOf) : [];
  const cause = typeof error.cause === 'string' ? [error.cause] : stacksOf(error.cause);
  return [error.stack ?? error.message, ...below, ...cause];
}
