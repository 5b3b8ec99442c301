import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareTree, header, writeTree, type TreeFile } from '../../lib/render';
import { recover } from '../../lib/render/journal';

const files = (generation: string): TreeFile[] =>
  Array.from({ length: 40 }, (_, at) => ({ path: `a/${generation}/${at}.yaml`, content: `of: ${generation}\n` }));
const equal = { create: [], update: [], remove: [], foreign: [] };

describe('a run that is killed', () => {
  it('leaves the old files or the new ones, at any moment, once the next run has begun', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'argosy-journal-')), 'manifests');
    const render = resolve(__dirname, '../../lib/render');
    const generations = ['one', 'two'].map(files);
    const program = `
      const { writeTree } = require(${JSON.stringify(render)});
      const generations = ${JSON.stringify(generations)};
      for (let run = 0; ; run++) { writeTree(${JSON.stringify(folder)}, generations[run % 2]); process.send(run); }`;
    for (let kills = 0; kills < 3; kills++) {
      const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), '--eval', program], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      await once(child, 'message');
      child.kill('SIGKILL');
      await once(child, 'exit');
      recover(folder);
      const held = generations.map((each) => compareTree(folder, each));
      expect(held.filter(({ unchanged, remove }) => unchanged === 40 && remove.length === 0)).toHaveLength(1);
      expect(readdirSync(dirname(folder))).toEqual(['manifests']);
    }
  });

  it('before its journal has done nothing, and after it is finished', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'argosy-journal-')), 'manifests');
    const [one = [], two = []] = ['one', 'two'].map(files);
    writeTree(folder, one);
    const stage = join(dirname(folder), '.manifests.argosy');
    stageFor(stage, two);
    expect(writeTree(folder, one)).toMatchObject({ ...equal, unchanged: 40 });

    stageFor(stage, two);
    const journal = { write: two.map(({ path }) => path), remove: one.map(({ path }) => path) };
    writeFileSync(join(stage, 'journal.json'), JSON.stringify(journal));
    expect(writeTree(folder, two)).toMatchObject({ ...equal, unchanged: 40 });
    expect(existsSync(stage)).toBe(false);
  });

  it('that still runs is waited for by nobody: the second one is refused, and nothing is lost', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'argosy-journal-')), 'manifests');
    const stage = join(dirname(folder), '.manifests.argosy');
    mkdirSync(stage, { recursive: true });
    writeFileSync(join(stage, 'owner'), String(process.ppid));
    expect(() => writeTree(folder, files('one'))).toThrow(/output-in-use[^]*process \d+/);
    expect(readFileSync(join(stage, 'owner'), 'utf8')).toBe(String(process.ppid));
  });
});

/** The stage of a run that died: its owner is no process. */
function stageFor(stage: string, wanted: readonly TreeFile[]): void {
  for (const { path, content } of wanted) {
    mkdirSync(join(stage, 'files', dirname(path)), { recursive: true });
    writeFileSync(join(stage, 'files', path), header + content);
  }
  writeFileSync(join(stage, 'owner'), '2147483646');
}
