import { ArgosyError, shown, type Where } from './error';

/** The error of one property: what was received, what is allowed, what to do. */
export function invalidProperty(where: Where, what: string, why: string, fix: string): ArgosyError {
  return new ArgosyError({ code: 'invalid-property', where, what, why, fix });
}

/**
 * Checks a whole number within limits, both included.
 *
 * @throws ArgosyError `invalid-property`
 */
export function checkWhole(
  name: string,
  value: number,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
  where: Where,
): number {
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  throw invalidProperty(
    where,
    `${name} is ${shown(value)}`,
    `it is a whole number from ${minimum} to ${maximum}`,
    `use ${Math.min(maximum, Math.max(minimum, Math.round(Number(value)) || minimum))}, for example`,
  );
}

/**
 * Checks text against a pattern.
 *
 * @throws ArgosyError `invalid-property`
 */
export function checkText(
  name: string,
  value: string,
  { pattern, why, example }: { readonly pattern: RegExp; readonly why: string; readonly example: string },
  where: Where,
): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw invalidProperty(where, `${name} is ${shown(value)}`, why, `use ${JSON.stringify(example)}, for example`);
}

/**
 * Checks a list of strings: a command of one string would be taken letter by letter.
 *
 * @throws ArgosyError `invalid-property`
 */
export function checkList(name: string, value: readonly string[], where: Where): string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return [...value];
  throw invalidProperty(
    where,
    `${name} is ${shown(value)}`,
    'it is a list of strings; no shell splits it into words',
    "write it as ['sh', '-c', '…'], for example",
  );
}

/**
 * Checks a map whose values are strings, as Kubernetes wants those of environments and annotations.
 *
 * @throws ArgosyError `invalid-property`
 */
export function checkMap(name: string, value: Readonly<Record<string, string>>, where: Where): Record<string, string> {
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === 'string') continue;
    throw invalidProperty(
      where,
      // Its type, not its value: somebody may have put a secret here.
      `${name}.${key} is ${item === null ? 'null' : `of type ${typeof item}`}`,
      'Kubernetes takes strings alone',
      'write it as a string, in quotes',
    );
  }
  return { ...value };
}
