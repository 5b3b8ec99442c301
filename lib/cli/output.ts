import { ArgosyError, formatReport, type ErrorReport } from '../kube';
import { inert } from '../report';
import { withoutSecrets } from './secrets';

/** Options every command knows. */
export interface GlobalOptions {
  /** Data on stdout as one JSON document with a `version`. */
  readonly json?: boolean;
  /** Stacks beside errors. */
  readonly debug?: boolean;
}

/** Whether the one JSON document is out: what comes after it goes to stderr. */
let documented = false;

/** Writes data: stdout holds nothing else. */
export function printData(text: string): void {
  process.stdout.write(lines(text));
}

/** Writes the JSON document of a command. */
export function printJson(document: { readonly version: number; readonly [field: string]: unknown }): void {
  documented = true;
  const text = JSON.stringify(
    document,
    (_, value: unknown) => (typeof value === 'string' ? withoutSecrets(value, process.env) : value),
    2,
  );
  // `inert` writes what JSON leaves in strings (C1, bidirectional marks) as JSON would.
  process.stdout.write(`${inert(text)}\n`);
}

/** Writes what happens, to stderr. */
export function printNote(text: string): void {
  process.stderr.write(lines(text));
}

/** Writes an error, every one of several, with stacks only when asked. */
export function printError(error: unknown, { json, debug }: GlobalOptions): void {
  const reports = reportsOf(error);
  if (json && !documented) printJson({ version: 1, errors: reports });
  else for (const report of reports) printNote(formatReport(report));
  if (debug) for (const stack of stacksOf(error)) printNote(stack);
  else if (reports.some(({ code }) => code === 'unexpected')) printNote('  run again with --debug for the stack');
}

/** What an error reports, as data: each of several. */
export function reportsOf(error: unknown): Omit<ErrorReport, 'cause'>[] {
  if (error instanceof AggregateError) return error.errors.flatMap(reportsOf);
  if (error instanceof ArgosyError) {
    const { cause: _, ...report } = error.report;
    return [report];
  }
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

/** Text as lines that neither act on the terminal nor tell a secret. */
function lines(text: string): string {
  const safe = inert(withoutSecrets(text, process.env));
  return safe.endsWith('\n') ? safe : `${safe}\n`;
}
