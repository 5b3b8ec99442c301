import { parentPort, workerData } from 'node:worker_threads';
import { Cluster, Fleet, type FleetOptions } from '../fleet';
import { ArgosyError, formatLocation, type ErrorReport } from '../kube';
import { ArgoCd, settingsOf, type OperatorPlan } from '../operator';
import type { RenderedFleet } from '../render';
import { firstForeignFrame } from '../synth';

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

export type RenderAnswer =
  { readonly rendering: Rendering } | { readonly reports: readonly ErrorReport[]; readonly stack?: string };

/** Runs in a thread of its own, with its own modules: every render sees the program as it is on disk now. */
function render({ fleet: path, options }: RenderRequest): RenderAnswer {
  try {
    // Through require, which tsx hooks in every thread; `import()` of TypeScript is hooked in the main one alone.
    const { buildFleet: build } = require(path) as { buildFleet?: unknown };
    if (typeof build !== 'function') return { reports: [noBuildFleet(path)] };
    const fleet: unknown = (build as (options: FleetOptions) => unknown)(options);
    if (!Fleet.isFleet(fleet)) return { reports: [noFleet(path)] };
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
  if (error instanceof ArgosyError || (error as Error)?.name === 'ArgosyError') {
    const { cause: _, ...report } = (error as ArgosyError).report;
    return [report];
  }
  const message = error instanceof Error ? error.message : String(error);
  const syntax = /^(?:Transform failed[^\n]*\n)?\s*(\/[^\n]*?:\d+:\d+): (?:ERROR: )?([^\n]*)/.exec(message);
  const frame = error instanceof Error ? firstForeignFrame(error.stack ?? '') : undefined;
  return [
    {
      code: 'program-error',
      where: { location: syntax?.[1] ?? (frame ? formatLocation(frame) : path) },
      what: syntax?.[2] ?? message,
      why: 'the program that declares the fleet did not finish',
      fix: 'correct it there; npm run check reports type errors, and --debug shows the stack',
    },
  ];
}

function noBuildFleet(path: string): ErrorReport {
  return {
    code: 'program-error',
    where: { location: path },
    what: 'the module exports no function buildFleet',
    why: 'the fleet is what buildFleet(options) returns',
    fix: 'export function buildFleet(options: FleetOptions = {}): Fleet { … }',
  };
}

function noFleet(path: string): ErrorReport {
  return {
    code: 'program-error',
    where: { location: path },
    what: 'buildFleet returned something that is not a Fleet',
    why: 'the fleet is what buildFleet(options) returns, at once and not as a promise',
    fix: 'return the Fleet that the function builds',
  };
}

parentPort?.postMessage(render(workerData as RenderRequest));
