import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codes } from '../../lib/kube';

const top = resolve(__dirname, '../..');

/** The rows of the table, as its columns. */
const rows = readFileSync(join(top, 'lib/docs/errors.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  .map(([, code = '', meaning = '', advice = '']) => ({ code: code.replaceAll('`', ''), meaning, advice }));

describe('the table of errors', () => {
  it('has exactly one row for each code, with what it means', () => {
    expect(rows.map(({ code, meaning }) => [code, meaning]).sort()).toEqual(Object.entries(codes).sort());
  });

  it('says what to do about each', () => {
    expect(rows.filter(({ advice }) => !/^[`A-Z].*\.$/.test(advice))).toEqual([]);
  });

  it('has no code that no test provokes', () => {
    const tests = readdirSync(join(top, 'test'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.test.ts') && path !== 'docs/errors.test.ts')
      .map((path) => readFileSync(join(top, 'test', path), 'utf8'));
    const named = (code: string): boolean =>
      tests.some((text) => new RegExp(`(?<![\\w-])${code}(?![\\w-])`).test(text));
    expect(Object.keys(codes).filter((code) => !named(code))).toEqual([]);
  });
});
