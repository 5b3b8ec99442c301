import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFleet } from '../../lib/cli/load';
import { reportsOf } from '../../lib/cli/output';
import { documentOf, program, project, run, tree, write } from './cli';

const canary = 'canary-9f2c1e77';

describe('a program that fails', () => {
  it('is told by its line, without a stack and without a secret, and the manifests stay', async () => {
    const folder = project({ 'fleet.ts': program() });
    write(folder, { 'apps/manifests/one/app/argocd/configmap-old.yaml': 'of somebody else\n' });
    const before = tree(join(folder, 'apps'));
    const thrower = program(
      [
        "  console.log('a word of the program');",
        '  setInterval(() => undefined, 1000); // must not keep the command',
        `  throw new Error('no answer of https://bob:${canary}@git.example.com/x with ' + process.env['ACME_TOKEN'] + '\\u001b[2J\\u202e');`,
      ].join('\n'),
    );
    write(folder, { 'fleet.ts': thrower });
    const env = { ACME_TOKEN: `${canary}-of-the-environment`, HOME: folder };

    const told = await run(folder, ['synth'], env);
    expect(told).toEqual({
      code: 2,
      stdout: '',
      stderr: [
        'a word of the program',
        'program-error: no answer of https://***@git.example.com/x with ***\\u001b[2J\\u202e',
        '  at:  fleet.ts:16:9',
        '  why: the program that declares the fleet did not finish',
        '  fix: correct it there; npm run check reports type errors, and --debug shows the stack',
        '',
      ].join('\n'),
    });

    const debug = await run(folder, ['synth', '--json', '--debug'], env);
    expect(debug.code).toBe(2);
    expect(documentOf(debug)).toMatchObject({
      version: 1,
      errors: [{ code: 'program-error', where: { location: 'fleet.ts:16:9' } }],
    });
    expect(debug.stderr).toMatch(/^ {4}at buildFleet \(.*fleet\.ts:16:9\)$/m);
    expect(debug.stdout + debug.stderr).not.toContain(canary);
    expect(debug.stdout + debug.stderr).not.toMatch(/[\u001b\u202e]/);
    expect(tree(join(folder, 'apps'))).toEqual(before);
  });

  it('is told by file and line, whatever it does', async () => {
    const cases: readonly [name: string, text: string, location: RegExp, what: RegExp][] = [
      [
        'syntax.ts',
        'export const buildFleet = () => {\n  const x = = 3;\n};',
        /^syntax\.ts:2:13$/,
        /does not parse: Unexpected "="/,
      ],
      ['exit.ts', program('process.exit(0);'), /^exit\.ts:14:9$/, /ends the process: process\.exit\(0\)/],
      [
        'promise.ts',
        program().replace('export function', 'export async function'),
        /^promise\.ts$/,
        /returned a promise/,
      ],
      ['other.ts', 'export const build = 1;', /^other\.ts$/, /exports no function buildFleet/],
      [
        'import.ts',
        "import './gone';\nexport const buildFleet = 1;",
        /^import\.ts:1:\d+$/,
        /^Cannot find module '\.\/gone'$/,
      ],
      ['null.ts', 'export const buildFleet = () => { throw null; };', /^null\.ts$/, /^null$/],
      [
        'liar.ts',
        "export const buildFleet = () => { throw { name: 'ArgosyError' }; };",
        /^liar\.ts$/,
        /name: 'ArgosyError'/,
      ],
      ['name.ts', program("new Application(one, 'NO', { project, namespace: 'argocd' });"), /^name\.ts:14:1$/, /"NO"/],
      ['abort.ts', 'process.reallyExit(7);', /^abort\.ts$/, /ended before it returned a fleet/],
    ];
    const folder = project(Object.fromEntries(cases.map(([name, text]) => [name, text])));
    process.chdir(folder);
    const check = async ([name, , location, what]: (typeof cases)[number]): Promise<void> => {
      const [error, ...more] = await loadFleet(join(folder, name)).then(
        () => expect.fail(`${name} gave a fleet`),
        (thrown: unknown) => reportsOf(thrown),
      );
      expect(more).toEqual([]);
      expect(error?.where?.location, name).toMatch(location);
      expect(error?.what, name).toMatch(what);
    };
    await Promise.all(cases.map(check));
    expect(existsSync(join(folder, 'apps'))).toBe(false);
    await expect(loadFleet(join(folder, 'none.ts'))).rejects.toThrow(/program-error: the module .* does not exist/);
  });

  it('tells the modules it consists of, also when it fails', async () => {
    const folder = project({
      'fleet.ts': program('', "import { color } from '../shared/color';\nvoid color;"),
      '../shared/color.ts': "export const color = 'red';",
      'broken.ts': "import '../shared/color';\nthrow new RangeError('broken');",
    });
    const modules = async (name: string): Promise<readonly string[]> => {
      let seen: readonly string[] = [];
      await loadFleet(join(folder, name), { onModules: (files) => (seen = files) }).catch(() => undefined);
      return seen;
    };
    const shared = join(folder, '../shared/color.ts');
    expect(await modules('fleet.ts')).toEqual(expect.arrayContaining([join(folder, 'fleet.ts'), shared]));
    expect(await modules('broken.ts')).toEqual(expect.arrayContaining([join(folder, 'broken.ts'), shared]));
  });
});
