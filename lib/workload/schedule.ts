import { invalidProperty, shown, type Where } from '../kube';

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface Field {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  /** Names of the values, from `minimum` on. */
  readonly names?: readonly string[];
}

/** Source: `robfig/cron/v3` parser.go, which the CronJob controller uses: Sunday is 0, never 7. */
const fields: readonly Field[] = [
  { name: 'minute', minimum: 0, maximum: 59 },
  { name: 'hour', minimum: 0, maximum: 23 },
  { name: 'day of month', minimum: 1, maximum: 31 },
  { name: 'month', minimum: 1, maximum: 12, names: months },
  { name: 'day of week', minimum: 0, maximum: 6, names: days },
];

/**
 * Checks a schedule of five fields, as the CronJob controller reads it. Takes no macros such as
 * `@daily` and no `TZ=` prefix, which Kubernetes refuses: the zone is a property of its own.
 *
 * @throws ArgosyError `invalid-property`
 */
export function checkSchedule(value: string, where: Where): string {
  const parts = typeof value === 'string' ? value.split(' ') : [];
  if (parts.length !== fields.length) {
    throw invalidProperty(
      where,
      `schedule is ${shown(value)}`,
      'it is five fields with one space between: minute, hour, day of month, month, day of week',
      "use '0 3 * * *' for every night at three, for example",
    );
  }
  for (const [at, field] of fields.entries()) {
    const part = parts[at]!;
    if (part.split(',').every((item) => isItem(item, field))) continue;
    throw invalidProperty(
      where,
      `the ${field.name} of the schedule ${shown(value)} is ${shown(part)}`,
      `it is *, or numbers from ${field.minimum} to ${field.maximum}${
        field.names ? ` or ${field.names[0]} to ${field.names.at(-1)}` : ''
      }, as a list (1,2), a range (1-5) or steps (*/2)`,
      'correct the field',
    );
  }
  return value;
}

/**
 * Checks the name of a time zone, as the time zone database spells it.
 *
 * @throws ArgosyError `invalid-property`
 */
export function checkTimeZone(value: string, where: Where): string {
  if (typeof value === 'string' && /^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/.test(value) && isKnownZone(value))
    return value;
  throw invalidProperty(
    where,
    `timeZone is ${shown(value)}`,
    'it is a name of the time zone database',
    "use 'Etc/UTC' or 'Europe/Berlin', for example",
  );
}

function isItem(item: string, { minimum, maximum, names = [] }: Field): boolean {
  const match = /^(?:\*|\?|(?<from>\w+)(?:-(?<to>\w+))?)(?:\/(?<step>\d{1,9}))?$/.exec(item);
  if (!match) return false;
  const { from, to, step } = match.groups ?? {};
  if (step !== undefined && Number(step) < 1) return false;
  const first = from === undefined ? minimum : valueOf(from);
  const last = to === undefined ? first : valueOf(to);
  return first >= minimum && first <= last && last <= maximum;

  function valueOf(text: string): number {
    const name = names.indexOf(text.toUpperCase());
    if (name >= 0) return minimum + name;
    return /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  }
}

function isKnownZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
