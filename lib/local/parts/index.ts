/**
 * The programs that the embedded default runs: etcd, the three Kubernetes servers, kwok, Argo CD and
 * Redis, each at its pinned version.
 *
 * It knows where they can come from (a variable, the PATH, the cache, the project's release, the Go
 * module in this folder) and how to prove that they are what they should be. It does not know how to
 * run them: that is `lib/local`. Its one law: no program is given out that did not say its pinned
 * version or match its recorded checksum.
 *
 * Requests go to the releases' hosts without credentials and without a proxy; where only a proxy leads
 * out, the build remains, as Go uses it.
 */
import { acquire } from './acquire';
import { cacheKey, cachePlace, checkPlace, moduleFolder } from './cache-folder';
import { type Found, type How, partNames, survey } from './find';
import type { PartName } from './pins';
import { targetOf } from './platform';
import type { PartsProgress } from './progress';
import { officialHomes, type ReleaseHomes } from './release';
import { cacheOf, defaultTimeouts, type PartsTimeouts, type Setting } from './setting';

export { variableOf, versions } from './pins';
export type { PartName, PartsProgress, PartsTimeouts, ReleaseHomes };

/** Where a part came from. */
export interface PartSource {
  readonly name: PartName;
  readonly version: string;
  readonly how: How;
  /** The file or folder, the URL of the release, or the Go package. */
  readonly where: string;
  /** Something to tell the user, such as a release that was refused. */
  readonly note?: string;
}

/** Absolute paths of the programs, and what was learnt about them. */
export interface Parts {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubeControllerManager: string;
  readonly kubeScheduler: string;
  readonly kwok: string;
  /** A multi-call program: ARGOCD_BINARY_NAME picks repo-server, application-controller or applicationset-controller. */
  readonly argocd: string;
  /** `built` is our lib/local/parts/redis: `--bind host:port`, password in REDIS_PASSWORD. */
  readonly redis: { readonly program: string; readonly flavour: 'redis-server' | 'built' };
  /** A folder with crds/{application,applicationset,appproject}-crd.yaml and the executable git-verify-wrapper.sh. */
  readonly argocdFiles: string;
  readonly sources: readonly PartSource[];
}

export interface AcquireOptions {
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** @default process.platform */
  readonly platform?: NodeJS.Platform;
  /** @default process.arch */
  readonly arch?: string;
  /** @default $ARGOSY_CACHE, else $XDG_CACHE_HOME/argosy, else ~/.cache/argosy, else a private temporary folder */
  readonly cache?: string;
  /** Mirrors of the official releases. @default - the projects' own */
  readonly homes?: Partial<ReleaseHomes>;
  /** Ends it, with every process that it started; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** @default - nothing is told */
  readonly onProgress?: (progress: PartsProgress) => void;
  readonly timeouts?: Partial<PartsTimeouts>;
}

/**
 * Every part: found, else downloaded, else built. Throws `part-refused` for a variable that names the
 * wrong thing, `unsupported-platform`, `cache-unusable`, and `parts-unavailable`, which tells each way
 * tried and each way that remains.
 */
export async function acquireParts(options: AcquireOptions = {}): Promise<Parts> {
  options.signal?.throwIfAborted();
  return partsOf(await acquire(await settle(options)))!;
}

/**
 * The parts when all of them are here already; undefined when one is missing. Downloads, builds and
 * writes nothing. Throws as `acquireParts` does for a variable or a platform.
 */
export async function findParts(options: AcquireOptions = {}): Promise<Parts | undefined> {
  options.signal?.throwIfAborted();
  const setting = await settle(options);
  const { env, timeouts, signal } = setting;
  const { found } = await survey({ env, folder: cacheOf(setting), versionMs: timeouts.versionMs, signal });
  return partsOf(found);
}

async function settle(options: AcquireOptions): Promise<Setting> {
  const env = options.env ?? process.env;
  const target = targetOf(options.platform ?? process.platform, options.arch ?? process.arch);
  const place = cachePlace(options.cache === undefined ? env : { ARGOSY_CACHE: options.cache });
  await checkPlace(place);
  const module = moduleFolder();
  return {
    env,
    target,
    module,
    place,
    key: await cacheKey(module, target),
    homes: homesOf(options.homes ?? {}),
    timeouts: { ...defaultTimeouts, ...options.timeouts },
    signal: options.signal,
    report: options.onProgress ?? (() => undefined),
  };
}

function homesOf(homes: Partial<ReleaseHomes>): ReleaseHomes {
  const all = Object.entries({ ...officialHomes, ...homes });
  return Object.fromEntries(all.map(([name, url]) => [name, url.replace(/\/+$/, '')])) as unknown as ReleaseHomes;
}

function partsOf(found: ReadonlyMap<PartName, Found>): Parts | undefined {
  if (found.size < partNames.length) return undefined;
  const file = (part: PartName) => found.get(part)!.file;
  return {
    etcd: file('etcd'),
    kubeApiserver: file('kube-apiserver'),
    kubeControllerManager: file('kube-controller-manager'),
    kubeScheduler: file('kube-scheduler'),
    kwok: file('kwok'),
    argocd: file('argocd'),
    redis: { program: file('redis'), flavour: found.get('redis')!.flavour ?? 'built' },
    argocdFiles: file('argocd-files'),
    sources: partNames.map((part) => {
      const { version, how, where, note } = found.get(part)!;
      return { name: part, version, how, where, ...(note === undefined ? {} : { note }) };
    }),
  };
}
