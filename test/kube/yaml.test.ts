import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ArgosyError, toYaml, type Manifest } from '../../lib/kube';

const object = (data: unknown): Manifest =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data }) as Manifest;

describe('toYaml', () => {
  it('is read back to the same values, by YAML 1.2 and 1.1', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        'yes',
        'No',
        'on',
        'y',
        'null',
        '~',
        '',
        '0o7',
        '0x1f',
        '1_000',
        '1e3',
        'E0',
        'e+1_0',
        '12:30',
        '2026-01-01',
        '.inf',
        '=',
        '<<',
      ),
      fc.stringMatching(/^[0-9._+eExXoO:-]{1,8}$/),
      fc.array(fc.string(), { minLength: 2 }).map((lines) => lines.join('\n')),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(
          text.filter((key) => key !== '__proto__'),
          tie('value'),
          { maxKeys: 4 },
        ),
      ),
    }));
    fc.assert(
      fc.property(value, (data) => {
        const written = toYaml(object(data));
        expect(parse(written)).toEqual(object(data));
        expect(parse(written, { version: '1.1', merge: false })).toEqual(object(data));
      }),
      { numRuns: 500 },
    );
  });

  it('quotes what some parser takes for something else, and nothing that is plain', () => {
    const written = toYaml(
      object({ a: 'yes', b: '1e3', c: '500m', d: 'nginx:1.27', e: '12:30', f: 'a b', g: '# no', h: '1.10' }),
    );
    expect(written.split('\n').filter((line) => line.startsWith('  ') && !line.includes('name'))).toEqual([
      '  a: "yes"',
      '  b: "1e3"',
      '  c: 500m',
      '  d: nginx:1.27',
      '  e: "12:30"',
      '  f: a b',
      '  g: "# no"',
      '  h: "1.10"',
    ]);
  });

  it('gives the same bytes whatever the order of keys, with the names first', () => {
    const one = toYaml({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', namespace: 'b', labels: { z: '1', a: '2' } },
      spec: {},
    });
    const two = toYaml({
      spec: {},
      metadata: { labels: { a: '2', z: '1' }, namespace: 'b', name: 'a' },
      kind: 'Pod',
      apiVersion: 'v1',
    });
    expect(two).toBe(one);
    expect(one).toBe(
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  namespace: b\n  labels:\n    a: "2"\n    z: "1"\nspec: {}\n',
    );
  });

  it('refuses what no manifest can hold, and names the field', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    for (const bad of [Number.NaN, 1n, () => 1, new Date(0), new Map(), cyclic, Symbol('x'), '\ud800', undefined]) {
      const attempt = (): string => toYaml(object({ field: bad }), { construct: 'staging/api' });
      expect(attempt).toThrow(ArgosyError);
      expect(attempt).toThrow(/unwritable-value.*data\.field[^]*staging\/api/);
    }
  });
});
