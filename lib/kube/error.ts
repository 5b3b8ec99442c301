import type { Code } from './codes';

/** Where something went wrong: as much as is known. */
export interface Where {
  /** Path of the construct in the tree, such as `staging/api`. */
  readonly construct?: string;
  /** The Kubernetes object, such as `apps/Deployment shop/api`. */
  readonly object?: string;
  /** Position in the user's source, such as `apps/shop/api.ts:12:5`. */
  readonly location?: string;
}

/** The five answers an error owes its reader: code, where, what, why (allowed), fix. */
export interface ErrorReport {
  readonly code: Code;
  readonly where?: Where;
  /** One sentence that names the value received. */
  readonly what: string;
  /** What is allowed, or why it is refused. */
  readonly why: string;
  /** What the reader can do about it. */
  readonly fix: string;
  readonly cause?: unknown;
}

/** The one error class of Argosy. It renders its report; it decides no exit code. */
export class ArgosyError extends Error {
  override readonly name = 'ArgosyError';

  constructor(readonly report: ErrorReport) {
    super(formatReport(report), report.cause === undefined ? undefined : { cause: report.cause });
  }

  get code(): Code {
    return this.report.code;
  }
}

/** The report as indented text: where, what, why and fix on a line each. */
export function formatReport({ code, where, what, why, fix }: ErrorReport): string {
  const places = [where?.location, where?.construct, where?.object].filter(Boolean).join('  ');
  return [`${code}: ${what}`, places && `  at:  ${places}`, `  why: ${why}`, `  fix: ${fix}`]
    .filter(Boolean)
    .join('\n');
}

/** A received value as one short line of text, quoted, control characters escaped, cut at 80 characters. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
