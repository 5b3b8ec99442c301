import { sep } from 'node:path';
import { inspect } from 'node:util';
import { Cluster, Fleet, type FleetOptions } from '../fleet';
import { ArgosyError, formatLocation, type ErrorReport } from '../kube';
import { ArgoCd, settingsOf, type OperatorPlan } from '../operator';
import type { RenderedFleet } from '../render';
import { callerLocation, firstForeignFrame } from '../synth';

export interface RenderRequest {
  readonly fleet: string;
  readonly options: FleetOptions;
}

export interface Rendering {
  readonly fleet: RenderedFleet;
  /** The Argo CD of each cluster that declares one. */
  readonly operators: Readonly<Record<string, OperatorFacts>>;
}

/** An Argo CD as data: its plan, and its settings as its processes read them. */
export interface OperatorFacts {
  readonly plan: OperatorPlan;
  readonly settings: ReturnType<typeof settingsOf>;
}

type Answer = { readonly rendering: Rendering } | { readonly reports: readonly ErrorReport[]; readonly stack?: string };

/** What the process answers, with the modules of the program that it read. */
export type RenderAnswer = Answer & { readonly modules: readonly string[] };

/** Runs in a process of its own, with its own modules: every render sees the program as it is on disk now. */
function render({ fleet: path, options }: RenderRequest): Answer {
  try {
    const { buildFleet: build } = require(path) as { buildFleet?: unknown };
    if (typeof build !== 'function') return { reports: [noBuildFleet(path)] };
    const fleet: unknown = (build as (options: FleetOptions) => unknown)(options);
    if (!Fleet.isFleet(fleet)) return { reports: [noFleet(path, fleet)] };
    const clusters = fleet.node.children.filter((child) => child instanceof Cluster);
    const operators = clusters.flatMap((cluster) => {
      const plan = ArgoCd.findPlan(cluster);
      return plan ? [[cluster.node.id, { plan, settings: settingsOf(plan) }] as const] : [];
    });
    return { rendering: { fleet: fleet.render(), operators: Object.fromEntries(operators) } };
  } catch (error) {
    return { reports: reportsOf(error, path), ...(error instanceof Error && error.stack && { stack: error.stack }) };
  }
}

function reportsOf(error: unknown, path: string): ErrorReport[] {
  if (error instanceof AggregateError) return error.errors.flatMap((each) => reportsOf(each, path));
  const report = (error as Partial<ArgosyError> | null)?.report;
  if (report && (error instanceof ArgosyError || (error as Error).name === 'ArgosyError')) {
    const { cause: _, ...rest } = report;
    return [rest];
  }
  const message = error instanceof Error ? error.message : typeof error === 'string' ? error : inspect(error);
  const syntax = syntaxErrors(message);
  if (syntax.length > 0) return syntax;
  const frame = error instanceof Error ? firstForeignFrame(error.stack ?? '') : undefined;
  return [programError(frame ? formatLocation(frame) : near(path), message.replace(/\nRequire stack:[^]*$/, ''))];
}

/** What esbuild says of modules that do not parse: `/path:line:column: ERROR: text`, its columns counted from 0. */
function syntaxErrors(message: string): ErrorReport[] {
  return [...message.matchAll(/^\s*(\/.*?):(\d+):(\d+): (?:ERROR: )?(.*)$/gm)].map(([, file, line, column, text]) =>
    programError(
      formatLocation({ file: file!, line: Number(line), column: Number(column) + 1 }),
      `it does not parse: ${text}`,
    ),
  );
}

function programError(location: string, what: string): ErrorReport {
  return {
    code: 'program-error',
    where: { location },
    what,
    why: 'the program that declares the fleet did not finish',
    fix: 'correct it there; npm run check reports type errors, and --debug shows the stack',
  };
}

function noBuildFleet(path: string): ErrorReport {
  return {
    code: 'program-error',
    where: { location: near(path) },
    what: 'the module exports no function buildFleet',
    why: 'the fleet is what buildFleet(options) returns',
    fix: 'export function buildFleet(options: FleetOptions = {}): Fleet { … }',
  };
}

function noFleet(path: string, value: unknown): ErrorReport {
  return {
    code: 'program-error',
    where: { location: near(path) },
    what: `buildFleet returned ${value instanceof Promise ? 'a promise' : 'something'} that is not a Fleet`,
    why: 'the fleet is what buildFleet(options) returns, at once and not as a promise',
    fix: 'return the Fleet that the function builds',
  };
}

function near(path: string): string {
  return formatLocation({ file: path, line: 1, column: 1 }).replace(/:1:1$/, '');
}

/** A program that ends the process would end it without a word: this tells where. */
function refuseExit(code?: number | string | null): never {
  const place = callerLocation();
  throw new ArgosyError({
    code: 'program-error',
    where: place ? { location: formatLocation(place) } : {},
    what: `the program ends the process: process.exit(${code ?? ''})`,
    why: 'buildFleet returns the fleet; it ends nothing',
    fix: 'remove process.exit from the program, or throw an error instead',
  });
}

function answer(request: RenderRequest): void {
  const given = render(request);
  const own = Object.keys(require.cache).filter((file) => !file.includes(`${sep}node_modules${sep}`));
  const modules = [...new Set([request.fleet, ...own])];
  try {
    send({ ...given, modules });
  } catch (error) {
    // Such as a function where a value belongs: no manifest can hold it, nor can a message.
    send({ reports: reportsOf(error, request.fleet), modules });
  }
}

/** Sends the answer, and ends: what the program left running ends with it. */
function send(message: RenderAnswer): void {
  process.send?.(message, () => end(0));
}

const end = process.exit.bind(process);
process.exit = refuseExit;
process.once('message', (request: RenderRequest) => {
  process.on('uncaughtException', (error) =>
    send({ reports: reportsOf(error, request.fleet), modules: [request.fleet] }),
  );
  answer(request);
});
process.once('disconnect', () => end(1));
