import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ProgramEngine } from '../../lib/local/engine';

const folder = mkdtempSync(join(tmpdir(), 'argosy engine '));
afterAll(() => rmSync(folder, { recursive: true }));

/** The end of a bootstrap program with this text. */
function run(name: string, text: string): { readonly engine: ProgramEngine; readonly end: Promise<void> } {
  const program = join(folder, name);
  writeFileSync(program, text);
  const engine = new ProgramEngine();
  engine.begin({ program, stack: 'staging', configuration: {}, secrets: [] });
  return { engine, end: engine.end() };
}

describe('a bootstrap program that fails', () => {
  it('is told in its own words, whether it throws, ends early or is ended', async () => {
    const thrown = run('throws.ts', "throw new RangeError('no such thing');");
    const quit = run('quits.ts', "console.error('a last word'); process.exit(7);");
    await Promise.all([
      expect(thrown.end).rejects.toThrow(/^bootstrap-failed: no such thing\n/),
      expect(quit.end).rejects.toThrow(/^bootstrap-failed: the bootstrap program ended early: a last word\n/),
    ]);
    const ended = new ProgramEngine();
    ended.stop();
    await expect(ended.end()).rejects.toThrow('ended early: it said nothing');
    ended.begin({ program: '', stack: '', configuration: {}, secrets: [] }); // too late, and no crash
  });
});
