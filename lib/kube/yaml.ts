import { ArgosyError, type Where } from './error';
import type { Manifest } from './manifest';

/**
 * Writes one object as block-style YAML that Go's and JavaScript's parsers, YAML 1.1 and 1.2,
 * read back to the same values: every scalar that any of them could take for something else is
 * quoted. Keys stand in the order people expect, then by code unit, so the same object gives
 * the same bytes on any machine.
 *
 * @throws ArgosyError `unwritable-value` for what YAML or Kubernetes cannot hold
 */
export function toYaml(manifest: Manifest, where: Where = {}): string {
  const lines: string[] = [];
  writeMapping(manifest, 0, lines, { where, path: [], open: new Set() }, rootKeys);
  return `${lines.join('\n')}\n`;
}

interface Walk {
  readonly where: Where;
  readonly path: (string | number)[];
  readonly open: Set<object>;
}

const rootKeys = ['apiVersion', 'kind', 'metadata'];
const metadataKeys = ['name', 'namespace', 'labels', 'annotations'];
const indent = (depth: number): string => '  '.repeat(depth);

function writeMapping(
  mapping: Readonly<Record<string, unknown>>,
  depth: number,
  lines: string[],
  walk: Walk,
  first: readonly string[] = [],
): void {
  for (const key of orderedKeys(mapping, first)) {
    walk.path.push(key);
    writeEntry(
      `${indent(depth)}${scalar(key)}:`,
      mapping[key],
      depth,
      lines,
      walk,
      key === 'metadata' && depth === 0 ? metadataKeys : [],
    );
    walk.path.pop();
  }
}

function writeEntry(
  head: string,
  value: unknown,
  depth: number,
  lines: string[],
  walk: Walk,
  first: readonly string[],
): void {
  if (typeof value === 'string') {
    const block = literalBlock(value, depth + 1);
    lines.push(block ? `${head} ${block}` : `${head} ${string(value, walk)}`);
  } else if (typeof value === 'object' && value !== null) {
    enter(value, walk);
    if (Array.isArray(value)) {
      if (value.length === 0) lines.push(`${head} []`);
      else {
        lines.push(head);
        writeSequence(value, depth + 1, lines, walk);
      }
    } else if (Object.keys(value).length === 0) lines.push(`${head} {}`);
    else {
      lines.push(head);
      writeMapping(value as Record<string, unknown>, depth + 1, lines, walk, first);
    }
    walk.open.delete(value);
  } else lines.push(`${head} ${plain(value, walk)}`);
}

function writeSequence(items: readonly unknown[], depth: number, lines: string[], walk: Walk): void {
  for (const [index, item] of items.entries()) {
    walk.path.push(index);
    const start = lines.length;
    if (typeof item === 'object' && item !== null && !Array.isArray(item) && Object.keys(item).length > 0) {
      enter(item, walk);
      writeMapping(item as Record<string, unknown>, depth + 1, lines, walk, ['name']);
      walk.open.delete(item);
      lines[start] = `${indent(depth)}- ${lines[start]!.slice(2 * (depth + 1))}`;
    } else writeEntry(`${indent(depth)}-`, item, depth, lines, walk, []);
    walk.path.pop();
  }
}

function orderedKeys(mapping: Readonly<Record<string, unknown>>, first: readonly string[]): string[] {
  const keys = Object.keys(mapping).sort();
  return [...first.filter((key) => Object.hasOwn(mapping, key)), ...keys.filter((key) => !first.includes(key))];
}

function enter(value: object, walk: Walk): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) {
    throw unwritable(walk, `an object of class ${value.constructor.name}`);
  }
  if (walk.open.has(value)) throw unwritable(walk, 'an object that holds itself');
  walk.open.add(value);
}

function plain(value: unknown, walk: Walk): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return Object.is(value, -0) ? '0' : String(value);
  throw unwritable(walk, typeof value === 'number' ? String(value) : `a value of type ${typeof value}`);
}

function string(value: string, walk: Walk): string {
  if (!value.isWellFormed()) throw unwritable(walk, 'a string with half of a surrogate pair');
  return scalar(value);
}

/** Text that no YAML parser takes for anything but a string, and that needs no quotes. */
const bare = /^[A-Za-z_/][A-Za-z0-9_./@+=~-]*(?:(?: |:(?=\S)|,(?=\S))[A-Za-z0-9_./@+=~()-]+)*$/;
/** A number with a unit, such as 500m or 1Gi: never a number, date or time itself. */
const quantity = /^[0-9]+(?:\.[0-9]+)?(?!e[0-9])[a-zA-Z]+$/;
const reserved = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|e[-+]?[0-9_]+)$/i;

function scalar(value: string): string {
  if (
    value.length <= 200 &&
    (bare.test(value) || (quantity.test(value) && !/^0[xob]/i.test(value))) &&
    !reserved.test(value)
  ) {
    return value;
  }
  // JSON's strings are YAML's double-quoted ones but for the line breaks and controls that only YAML knows.
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A literal block for readable text of several lines, or undefined where only quotes are exact. */
function literalBlock(value: string, depth: number): string | undefined {
  if (!value.includes('\n') || !/^[\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe]*$/.test(value)) return undefined;
  if (/^[\s]/.test(value) || /\n\n$/.test(value) || /[ ]\n|\n[ ]+$/.test(value)) return undefined;
  const body = value.endsWith('\n') ? value.slice(0, -1) : value;
  const lines = body.split('\n').map((line) => (line ? indent(depth) + line : line));
  return `${value.endsWith('\n') ? '|' : '|-'}\n${lines.join('\n')}`;
}

function unwritable(walk: Walk, received: string): ArgosyError {
  return new ArgosyError({
    code: 'unwritable-value',
    where: walk.where,
    what: `the field ${walk.path.join('.')} holds ${received}`,
    why: 'a manifest holds strings, finite numbers, booleans, lists and maps alone',
    fix: 'convert the value to one of these where the construct is made',
  });
}
