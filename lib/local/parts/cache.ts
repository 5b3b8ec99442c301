import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, lstat, mkdir, open, readFile, rename, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ArgosyError } from '../../kube/error';
import { cacheUnusable } from './cache-folder';
import { argocdFilePins, type PartName, programPins } from './pins';

/** One file of the cache, as manifest.json records it. */
export interface CachedFile {
  /** Path in the cache's folder, such as `bin/etcd`. */
  readonly file: string;
  readonly part: PartName;
  readonly version: string;
  readonly sha256: string;
  readonly size: number;
  /** Seconds since 1970: whole ones, so that an archive of the cache restores them. */
  readonly mtime: number;
  readonly how: 'download' | 'build';
  /** The URL it came from, or how it was built. */
  readonly from: string;
}

/** A new file, checked, in a temporary folder on the same file system. */
export type StagedFile = Pick<CachedFile, 'file' | 'part' | 'version' | 'how' | 'from'> & { readonly staged: string };

export const argocdFilesFolder = 'argocd-files';
const manifestFile = 'manifest.json';

/** The files that make up a part in the cache, and whether each is a program. */
export function filesOf(part: PartName): readonly string[] {
  if (part !== 'argocd-files') return [`bin/${part}`];
  return argocdFilePins.map(({ file }) => `${argocdFilesFolder}/${file}`);
}

const known = new Map<string, PartName>(
  [...programPins.map(({ name }) => name), 'argocd-files' as const].flatMap((part) =>
    filesOf(part).map((file) => [file, part] as const),
  ),
);

const executable = (file: string) => file.startsWith('bin/') || file.endsWith('.sh');

/**
 * The files of a cache that are intact. Anything else (no manifest, half a manifest, a file that is
 * missing, a link, of another size or of other content) counts as not there.
 *
 * Content is hashed only when the modification time differs from the recorded one, so that a warm
 * check costs one `lstat` a file.
 */
export async function readCache(folder: string): Promise<ReadonlyMap<string, CachedFile>> {
  const entries = await readManifest(folder);
  const intact = await Promise.all(entries.map((entry) => isIntact(folder, entry)));
  return new Map(entries.filter((_, at) => intact[at]).map((entry) => [entry.file, entry]));
}

async function readManifest(folder: string): Promise<readonly CachedFile[]> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(join(folder, manifestFile), 'utf8'));
  } catch {
    return []; // Absent, unreadable or torn: all the same, the parts are acquired again.
  }
  const { version, files } = Object(content) as { version?: unknown; files?: unknown };
  return version === 1 && Array.isArray(files) ? files.filter(isCachedFile) : [];
}

function isCachedFile(value: unknown): value is CachedFile {
  const entry = Object(value) as Partial<CachedFile>;
  const texts = [entry.file, entry.part, entry.version, entry.sha256, entry.how, entry.from];
  return (
    texts.every((text) => typeof text === 'string') &&
    known.get(entry.file!) === entry.part &&
    Number.isSafeInteger(entry.size) &&
    Number.isSafeInteger(entry.mtime)
  );
}

async function isIntact(folder: string, entry: CachedFile): Promise<boolean> {
  const file = join(folder, entry.file);
  try {
    const stats = await lstat(file);
    if (!stats.isFile() || stats.size !== entry.size) return false;
    if (executable(entry.file) && (stats.mode & 0o111) === 0) return false;
    return stats.mtimeMs === entry.mtime * 1000 || (await sha256Of(file)) === entry.sha256;
  } catch {
    return false;
  }
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/**
 * Moves staged files into the cache: each is complete on disk before it is renamed into place, and the
 * manifest comes last, so a crash at any moment leaves files that do not match it, never a lie. What
 * was intact before stays. The new files are then read back in full.
 */
export async function addToCache(folder: string, staged: readonly StagedFile[]): Promise<void> {
  try {
    const entries = new Map(await readCache(folder));
    for (const { staged: from, ...about } of staged) {
      const to = join(folder, about.file);
      await chmod(from, executable(about.file) ? 0o755 : 0o644);
      const mtime = Math.floor(Date.now() / 1000);
      await utimes(from, mtime, mtime);
      await flush(from);
      const { size } = await lstat(from);
      entries.set(about.file, { ...about, sha256: await sha256Of(from), size, mtime });
      await mkdir(dirname(to), { recursive: true });
      await rename(from, to);
    }
    const files = [...entries.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
    const draft = join(folder, `.${manifestFile}.${process.pid}`);
    const handle = await open(draft, 'w', 0o644);
    await handle.writeFile(`${JSON.stringify({ version: 1, files }, null, 2)}\n`);
    await handle.sync();
    await handle.close();
    await rename(draft, join(folder, manifestFile));
    for (const { file } of staged) {
      const readBack = await sha256Of(join(folder, file));
      if (readBack !== entries.get(file)?.sha256) throw cacheUnusable(folder, `${file} reads back differently`);
    }
  } catch (error) {
    throw error instanceof ArgosyError ? error : cacheUnusable(folder, error);
  }
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r');
  await handle.sync();
  await handle.close();
}
