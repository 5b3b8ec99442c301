import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ArgosyError } from '../kube';

/** What a change of a folder does. Paths are below the folder, with `/`. */
interface Journal {
  readonly write: readonly string[];
  readonly remove: readonly string[];
}

/**
 * Changes a folder so that it is, after the next run at the latest, wholly as before or wholly as
 * wanted: every new file is written beside the folder first, then a journal that names what is to
 * be done, and only then is anything moved into place. A run that was killed before the journal
 * has done nothing; one killed after it is finished by `recover`.
 */
export function applyChange(folder: string, contents: ReadonlyMap<string, string>, remove: readonly string[]): void {
  if (contents.size === 0 && remove.length === 0) return;
  mkdirSync(folder, { recursive: true });
  const stage = stageOf(folder);
  take(stage, folder);
  try {
    for (const [path, content] of contents) {
      const target = join(stage, 'files', path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
    }
    const journal: Journal = { write: [...contents.keys()], remove };
    writeFileSync(join(stage, 'journal.tmp'), JSON.stringify(journal), { flush: true });
    renameSync(join(stage, 'journal.tmp'), join(stage, 'journal.json'));
  } catch (error) {
    rmSync(stage, { recursive: true, force: true });
    throw error;
  }
  finish(folder, stage);
}

/** Finishes the change of a run that was killed, or forgets it when it had not begun. */
export function recover(folder: string): void {
  const stage = stageOf(folder);
  if (!existsSync(stage) || isOwned(stage)) return;
  if (existsSync(join(stage, 'journal.json'))) finish(folder, stage);
  else rmSync(stage, { recursive: true, force: true });
}

/** Does what the journal says. Doing it twice is doing it once. */
function finish(folder: string, stage: string): void {
  const { write, remove } = JSON.parse(readFileSync(join(stage, 'journal.json'), 'utf8')) as Journal;
  for (const path of write) {
    const staged = join(stage, 'files', path);
    if (!existsSync(staged)) continue;
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    renameSync(staged, join(folder, path));
  }
  for (const path of remove) {
    rmSync(join(folder, path), { force: true });
    removeEmptyFolders(folder, dirname(path));
  }
  rmSync(stage, { recursive: true, force: true });
}

/** Beside the folder, for only there is it sure to be the same file system. */
function stageOf(folder: string): string {
  return join(dirname(folder), `.${basename(folder)}.argosy`);
}

/** One run at a time: the stage's folder is the lock, and holds its owner. */
function take(stage: string, folder: string): void {
  try {
    mkdirSync(stage);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new ArgosyError({
      code: 'output-in-use',
      where: { location: folder },
      what: `another run writes to it${ownerOf(stage) === undefined ? '' : ` (process ${ownerOf(stage)})`}`,
      why: 'two runs at once would leave a mix of both',
      fix: `wait until it has ended; when none runs, remove ${stage}`,
      cause,
    });
  }
  writeFileSync(join(stage, 'owner'), String(process.pid));
}

function isOwned(stage: string): boolean {
  const owner = ownerOf(stage);
  if (owner === undefined || owner === process.pid) return false;
  try {
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function ownerOf(stage: string): number | undefined {
  try {
    return Number(readFileSync(join(stage, 'owner'), 'utf8')) || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function removeEmptyFolders(folder: string, below: string): void {
  for (let path = below; path !== '.' && path !== ''; path = dirname(path)) {
    const target = join(folder, path);
    if (!existsSync(target)) continue;
    if (!lstatSync(target).isDirectory() || readdirSync(target).length > 0) return;
    rmdirSync(target);
  }
}
