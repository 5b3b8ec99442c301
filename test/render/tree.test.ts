import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTree, fileOf, header, writeTree, type TreeFile } from '../../lib/render';

const folder = (): string => join(mkdtempSync(join(tmpdir(), 'argosy-tree-')), 'out put');
const name = fc.stringMatching(/^[a-c]{1,2}$/);
const files = fc.uniqueArray(
  fc.record({
    path: fc.tuple(name, name).map(([a, b]) => `${a}/_/${b}.yaml`),
    content: fc.constantFrom('a: 1\n', 'b: 2\n'),
  }),
  { selector: ({ path }) => path, maxLength: 8 },
);

describe('writeTree', () => {
  it('leaves nothing to do, from any earlier state', () => {
    fc.assert(
      fc.property(files, files, (before, after) => {
        const out = folder();
        writeTree(out, before);
        writeTree(out, after);
        expect(compareTree(out, after)).toEqual({
          create: [],
          update: [],
          remove: [],
          foreign: [],
          unchanged: after.length,
        });
      }),
      { numRuns: 40 },
    );
  });

  it('does not touch a file that is as it should be', () => {
    const out = folder();
    const wanted: TreeFile[] = [{ path: 'a/b.yaml', content: 'a: 1\n' }];
    writeTree(out, wanted);
    const { ino } = statSync(join(out, 'a/b.yaml'));
    expect(writeTree(out, wanted).unchanged).toBe(1);
    expect(statSync(join(out, 'a/b.yaml')).ino).toBe(ino);
  });

  it('keeps and names what somebody else put there, and removes what it wrote and its empty folders', () => {
    const out = folder();
    writeTree(out, [{ path: 'a/gone.yaml', content: 'a: 1\n' }]);
    mkdirSync(join(out, 'b'));
    writeFileSync(join(out, 'b/mine.yaml'), 'mine: true\n');
    const change = writeTree(out, []);
    expect(change).toMatchObject({ remove: ['a/gone.yaml'], foreign: ['b/mine.yaml'] });
    expect(existsSync(join(out, 'a'))).toBe(false);
    expect(readFileSync(join(out, 'b/mine.yaml'), 'utf8')).toBe('mine: true\n');
  });

  it('refuses a link that could lead a write out of the folder, and a second object for one file', () => {
    const out = folder();
    const outside = folder();
    mkdirSync(out, { recursive: true });
    mkdirSync(outside, { recursive: true });
    symlinkSync(outside, join(out, 'a'));
    expect(() => writeTree(out, [{ path: 'a/x.yaml', content: '' }])).toThrow(/unsafe-path/);
    expect(existsSync(join(outside, 'x.yaml'))).toBe(false);
    const twin = { path: 'x.yaml', content: '' };
    expect(() => compareTree(folder(), [twin, twin])).toThrow(/duplicate-object/);
  });

  it('tells what the file system refuses', () => {
    const out = folder();
    writeFileSync(out, 'a file where the folder should be');
    expect(() => writeTree(out, [{ path: 'x.yaml', content: '' }])).toThrow(/output-unusable: ENOTDIR[^]*fix: /);
  });

  it('opens every file with the header that tells it apart', () => {
    const out = folder();
    writeTree(out, [{ path: 'x.yaml', content: 'a: 1\n' }]);
    expect(readFileSync(join(out, 'x.yaml'), 'utf8')).toBe(`${header}a: 1\n`);
  });
});

describe('fileOf', () => {
  const file = (apiVersion: string, kind: string, objectName: string, namespace?: string): string =>
    fileOf({ apiVersion, kind, metadata: { name: objectName, ...(namespace !== undefined && { namespace }) } });

  it('reads as what the object is', () => {
    expect(file('apps/v1', 'Deployment', 'api', 'shop')).toBe('shop/deployment-api.yaml');
    expect(file('v1', 'Namespace', 'shop')).toBe('_cluster/namespace-shop.yaml');
    expect(file('example.com/v1', 'Ingress', 'api', 'shop')).toBe('shop/ingress.example.com-api.yaml');
  });

  it('lets no name leave its folder, nor meet its twin where case is folded', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        (one, two) => {
          const paths = [one, two].map((each) => file('v1', 'Pod', each, each));
          for (const path of paths) {
            expect(path).toMatch(/^[a-z0-9%.-]+\/pod-[a-z0-9%.-]+\.yaml$/);
            expect(path.split('/').some((part) => part.startsWith('.') || Buffer.byteLength(part) > 255)).toBe(false);
          }
          if (one !== two) expect(paths[0]).not.toBe(paths[1]);
        },
      ),
    );
  });
});
