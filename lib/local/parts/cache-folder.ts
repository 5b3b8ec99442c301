import { createHash } from 'node:crypto';
import { existsSync, type Stats } from 'node:fs';
import { lstat, mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { ArgosyError } from '../../kube/error';
import { argocdFilePins, ldflags, metricsPatch, programPins } from './pins';
import type { Target } from './platform';

/** Where the cache is, and whether it must be kept from other users because the place is shared. */
export interface CachePlace {
  readonly folder: string;
  readonly shared: boolean;
}

/** `$ARGOSY_CACHE`, else `$XDG_CACHE_HOME/argosy`, else `~/.cache/argosy`, else a private folder for temporary files. */
export function cachePlace(env: NodeJS.ProcessEnv, temporary = tmpdir()): CachePlace {
  const { ARGOSY_CACHE: own, XDG_CACHE_HOME: xdg, HOME: home } = env;
  if (own) return { folder: resolve(own), shared: false };
  if (xdg && isAbsolute(xdg)) return { folder: join(xdg, 'argosy'), shared: false };
  if (home && isAbsolute(home)) return { folder: join(home, '.cache', 'argosy'), shared: false };
  return { folder: join(temporary, `argosy-${process.getuid?.() ?? 'user'}`), shared: true };
}

/**
 * Refuses a cache that another user could have planted: in a shared place the folder must be ours,
 * not a link, and closed to others. A folder that does not exist yet is fine.
 */
export async function checkPlace(place: CachePlace): Promise<void> {
  if (!place.shared) return;
  let stats: Stats;
  try {
    stats = await lstat(place.folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw cacheUnusable(place.folder, error);
  }
  if (!stats.isDirectory() || stats.uid !== process.getuid?.() || (stats.mode & 0o077) !== 0) {
    throw new ArgosyError({
      code: 'cache-unusable',
      what: `the folder ${place.folder} is not a private folder of this user`,
      why: 'there is no HOME, and what others can write must not be run',
      fix: `remove it, or set ARGOSY_CACHE or HOME to a folder of yours`,
    });
  }
}

export async function makePlace(place: CachePlace, folder: string): Promise<void> {
  await checkPlace(place);
  try {
    await mkdir(place.folder, { recursive: true, mode: 0o700 });
    await checkPlace(place);
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw error instanceof ArgosyError ? error : cacheUnusable(folder, error);
  }
}

export function cacheUnusable(folder: string, cause: unknown): ArgosyError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new ArgosyError({
    code: 'cache-unusable',
    what: `the cache folder ${folder} cannot be used: ${code}`,
    why: 'the parts are kept there: about 500 MB, and 5 GB more in the caches of Go while they are built',
    fix: 'make it writable, free some space, or set ARGOSY_CACHE to another folder',
    cause,
  });
}

/** The folder of the Go module that ships with Argosy, also when this file runs compiled from elsewhere. */
export function moduleFolder(from = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    for (const candidate of [folder, join(folder, 'lib', 'local', 'parts')]) {
      if (existsSync(join(candidate, 'go.mod')) && existsSync(join(candidate, 'argocd', 'main.go'))) return candidate;
    }
    if (folder === dirname(folder)) break;
  }
  throw new ArgosyError({
    code: 'cache-unusable',
    what: `no go.mod of the parts beside or above ${from}`,
    why: 'the package ships lib/local/parts/go.mod, and names its cache after it',
    fix: 'install the package again',
  });
}

/** What the cache of a target is called: it changes with every pin, source and flag that decides its content. */
export async function cacheKey(module: string, target: Target): Promise<string> {
  const hash = createHash('sha256');
  const answers = programPins.map((pin) => [pin.name, pin.version, pin.goPackage]);
  hash.update(JSON.stringify([1, target, answers, argocdFilePins, ldflags, metricsPatch]));
  for (const file of ['go.mod', 'go.sum', 'argocd/main.go', 'etcd/main.go', 'redis/main.go']) {
    const content = await readFile(join(module, file));
    hash.update(`\n${file} ${content.length}\n`).update(content);
  }
  return `${target.platform}-${target.arch}-${hash.digest('hex').slice(0, 16)}`;
}
