import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const top = resolve(__dirname, '../..');

/** What a reader of the snippets has imported already. */
const preamble = `
import { AppProject, Application, ArgoCd, Cluster, Fleet, Migration, WebService, type FleetOptions } from '../lib';
import { production, staging } from './environments';
import { operator } from './operator';
import type { ShopApiProps } from './shop/api';
import { ShopCache } from './shop/cache';
`;

describe('the README', () => {
  it('shows code that compiles as it stands', () => {
    const snippets = [...readFileSync(join(top, 'README.md'), 'utf8').matchAll(/```ts\n([^]*?)```/g)].map(
      ([, code]) => code!,
    );
    expect(snippets.length).toBeGreaterThan(1);
    const file = join(top, 'apps/readme.snippets.ts');
    expect(errorsOf(file, preamble + snippets.join('\n'))).toEqual([]);
    expect(errorsOf(file, `${preamble}${snippets.join('\n')}\nnew Cluster(1);`)).not.toEqual([]);
  });

  it('links to files that exist, and names scripts that exist', () => {
    const text = readFileSync(join(top, 'README.md'), 'utf8');
    for (const [, link] of text.matchAll(/\]\((?!https?:)([^)]+)\)/g))
      expect(() => readFileSync(join(top, link!))).not.toThrow();
    const { scripts } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const [, script] of text.matchAll(/npm run ([a-z:]+)/g)) expect(Object.keys(scripts)).toContain(script);
  });
});

function errorsOf(file: string, source: string): string[] {
  const { config } = ts.readConfigFile(join(top, 'tsconfig.json'), ts.sys.readFile) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, top);
  // The snippets name only what they explain: nothing in them must be used.
  const host = ts.createCompilerHost({ ...options, noUnusedLocals: false, noUnusedParameters: false });
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, target) =>
    name === file ? ts.createSourceFile(name, source, target) : read(name, target);
  const exists = host.fileExists.bind(host);
  host.fileExists = (name) => name === file || exists(name);
  const program = ts.createProgram([file], { ...options, noUnusedLocals: false, noUnusedParameters: false }, host);
  return program
    .getSemanticDiagnostics(program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
