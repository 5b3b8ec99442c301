import { join, resolve } from 'node:path';
import { ArgosyError } from '../../kube/error';
import { argocdFilesFolder, type CachedFile, filesOf, readCache, sha256Of } from './cache';
import { argocdFilePins, type PartName, programPins, type ProgramPin, variableOf, versions } from './pins';
import { examine, type Examined, offLoopback, onPath } from './program';

export type How = 'variable' | 'path' | 'cache' | 'download' | 'build';

/** A part that is there, and where from. */
export interface Found {
  readonly part: PartName;
  /** The program; for `argocd-files` the folder. */
  readonly file: string;
  readonly version: string;
  readonly how: How;
  readonly where: string;
  readonly flavour?: 'redis-server' | 'built';
  readonly note?: string;
}

/** A way that did not give a part, and why. */
export interface Attempt {
  readonly part: PartName;
  readonly how: How;
  readonly why: string;
}

export interface Survey {
  readonly found: ReadonlyMap<PartName, Found>;
  readonly attempts: readonly Attempt[];
}

export interface SurveyOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The cache's folder for this target and these pins. */
  readonly folder: string;
  readonly versionMs: number;
  readonly signal?: AbortSignal | undefined;
}

export const partNames: readonly PartName[] = [...programPins.map(({ name }) => name), 'argocd-files'];

/**
 * What is already here: variables, then the PATH, then the cache. It downloads and builds nothing.
 * Throws `part-refused` when a variable names something that will not do: who names a program means it,
 * so nothing else takes its place.
 */
export async function survey(options: SurveyOptions): Promise<Survey> {
  const attempts: Attempt[] = [];
  const cached = await readCache(options.folder);
  const all = await Promise.all(
    partNames.map(async (part): Promise<Found | undefined> => {
      const pin = programPins.find(({ name }) => name === part);
      const here = pin ? await findProgram(pin, options, attempts) : await findFiles(options.env);
      if (here) return here;
      const kept = findCached(part, cached, options.folder);
      if (!kept) attempts.push({ part, how: 'cache', why: `not, or not whole, in ${options.folder}` });
      return kept;
    }),
  );
  options.signal?.throwIfAborted();
  return { found: new Map(all.filter((one) => one !== undefined).map((one) => [one.part, one])), attempts };
}

async function findProgram(pin: ProgramPin, options: SurveyOptions, attempts: Attempt[]): Promise<Found | undefined> {
  const { env } = options;
  const asking = { versionMs: options.versionMs, path: env.PATH, signal: options.signal };
  const named = env[pin.variable];
  if (named) {
    const file = resolve(named);
    const examined = await examine(pin, file, asking);
    if (examined.refused !== undefined) {
      options.signal?.throwIfAborted();
      throw refused(pin.variable, examined.refused, `${pin.name} ${pin.version}`);
    }
    return foundProgram(pin, file, 'variable', examined);
  }
  const here = await onPath(pin.onPath, env.PATH);
  for (const file of here) {
    const examined = await examine(pin, file, asking);
    if (examined.refused === undefined) return foundProgram(pin, file, 'path', examined);
    attempts.push({ part: pin.name, how: 'path', why: examined.refused });
  }
  if (here.length === 0) attempts.push({ part: pin.name, how: 'path', why: `no ${pin.onPath} on the PATH` });
  return undefined;
}

function foundProgram(pin: ProgramPin, file: string, how: How, examined: Examined & { refused?: undefined }): Found {
  const { version, flavour, note } = examined;
  return { part: pin.name, file, version, how, where: file, ...(flavour && { flavour }), ...(note && { note }) };
}

/** Argo CD's files as $ARGOSY_ARGOCD_FILES names them: for machines that have no network and no Go. */
async function findFiles(env: NodeJS.ProcessEnv): Promise<Found | undefined> {
  const variable = variableOf('argocd-files');
  const named = env[variable];
  if (!named) return undefined;
  const folder = resolve(named);
  for (const { file, sha256 } of argocdFilePins) {
    const received = await sha256Of(join(folder, file)).catch((error: NodeJS.ErrnoException) => error.code);
    if (received === sha256) continue;
    throw refused(variable, `${join(folder, file)} has sha256 ${received}`, `${file} with sha256 ${sha256}`);
  }
  return { part: 'argocd-files', file: folder, version: versions.argocd, how: 'variable', where: folder };
}

function refused(variable: string, what: string, allowed: string): ArgosyError {
  return new ArgosyError({
    code: 'part-refused',
    what: `${variable} is refused: ${what}`,
    why: `it must name ${allowed}, the version that Argosy was tested with`,
    fix: `correct ${variable}, or unset it so that Argosy gets this part itself`,
  });
}

/** A part that is whole in the cache. */
export function findCached(part: PartName, cached: ReadonlyMap<string, CachedFile>, folder: string): Found | undefined {
  const files = filesOf(part).map((file) => cached.get(file));
  const [first] = files;
  if (!first || files.includes(undefined)) return undefined;
  const file = join(folder, part === 'argocd-files' ? argocdFilesFolder : first.file);
  return {
    part,
    file,
    version: first.version,
    how: 'cache',
    where: file,
    ...(part === 'redis' ? { flavour: 'built' as const } : {}),
    ...(part === 'argocd' && first.how === 'download' ? { note: offLoopback } : {}),
  };
}
