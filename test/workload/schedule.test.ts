import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSchedule, checkTimeZone } from '../../lib/workload/schedule';
import { errorOf } from './sample';

const limits = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

/** What robfig/cron/v3 accepts in one field. */
const field = (minimum: number, maximum: number) => {
  const value = fc.integer({ min: minimum, max: maximum });
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const item = fc.oneof(fc.constantFrom('*', '?'), value.map(String), range);
  const stepped = fc.tuple(item, fc.integer({ min: 1, max: 59 })).map(([at, step]) => `${at}/${step}`);
  return fc.array(fc.oneof(item, stepped), { minLength: 1, maxLength: 3 }).map((items) => items.join(','));
};
const schedule = fc.tuple(...limits.map(([minimum, maximum]) => field(minimum, maximum)));

describe('a schedule', () => {
  it('may be whatever the grammar of cron makes', () => {
    fc.assert(fc.property(schedule, (fields) => checkSchedule(fields.join(' '), {}) === fields.join(' ')));
  });

  it('may hold no number outside of its field', () => {
    const wrong = fc.tuple(schedule, fc.nat(4), fc.boolean(), fc.integer({ min: 1, max: 30 }));
    fc.assert(
      fc.property(wrong, ([fields, at, below, distance]) => {
        const [minimum, maximum] = limits[at]!;
        const value = below ? minimum - distance : maximum + distance;
        const text = fields.with(at, String(value)).join(' ');
        expect(errorOf(() => checkSchedule(text, {})).code).toBe('invalid-property');
      }),
    );
  });

  it('may be any text without more than an ArgosyError', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.array(fc.string(), { minLength: 5, maxLength: 5 })), (value) => {
        const text = Array.isArray(value) ? value.join(' ') : value;
        try {
          checkSchedule(text, {});
        } catch (error) {
          expect(error).toHaveProperty('code', 'invalid-property');
        }
      }),
    );
  });

  it.each(['0 3 * * MON-FRI', '0 0 1 JAN,jul *', '*/15 8-18 * * 1-5', '0 3 ? * *'])('takes %s', (text) => {
    expect(checkSchedule(text, {})).toBe(text);
  });

  it.each([
    '',
    '@daily',
    'TZ=Europe/Berlin 0 3 * * *',
    '0 3 * *',
    '0 0 3 * * *',
    '0  3 * * *',
    '0 3 * * 7',
    '60 * * * *',
    '5-1 * * * *',
    '*/0 * * * *',
    '1, * * * *',
    '0 3 * * MON-FOO',
    '0x1 * * * *',
    '-1 * * * *',
  ])('refuses %j, as the CronJob controller would', (text) => {
    expect(errorOf(() => checkSchedule(text, {})).code).toBe('invalid-property');
  });
});

describe('a time zone', () => {
  it.each(['Etc/UTC', 'UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'])('may be %s', (name) => {
    expect(checkTimeZone(name, {})).toBe(name);
  });

  it.each(['', 'Local', 'europe/berlin', '+01:00', 'Europe/Atlantis', '../etc/passwd'])('may not be %j', (name) => {
    expect(errorOf(() => checkTimeZone(name, {})).code).toBe('invalid-property');
  });
});
