import { columns, inert } from './terminal';

interface StateRow {
  readonly name: string;
  readonly sync: string;
  readonly health: string;
  readonly revision: string;
  readonly reasons: readonly string[];
}

/** Applications as a table, and below each that is not well the reasons why not. */
export function printStates(cluster: string, states: readonly StateRow[]): string {
  if (states.length === 0) return `${cluster}: no application yet`;
  const rows = states.map(({ name, sync, health, revision }) => [
    inert(name),
    sync,
    health,
    inert(revision.slice(0, 8)),
  ]);
  const table = columns([['APPLICATION', 'SYNC', 'HEALTH', 'REVISION'], ...rows]);
  const reasons = states.flatMap(({ name, reasons: why }) =>
    why.length > 0 ? [`${inert(name)}:`, ...why.map((each) => `  ${inert(each)}`)] : [],
  );
  return [table, ...reasons].join('\n');
}
