import { chmod, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgosyError } from '../../kube/error';
import type { StagedFile } from './cache';
import { failed, fetchFile, fetchText, type FetchOptions } from './fetch';
import { type PartName, pinOf, versions } from './pins';
import { examine } from './program';
import type { OnProgress } from './progress';
import { checksumIn, type Release } from './release';
import { extractMember } from './tar';

export interface DownloadOptions {
  readonly stage: string;
  readonly answerMs: number;
  readonly stallMs: number;
  readonly downloadMs: number;
  readonly versionMs: number;
  readonly path?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly report: OnProgress;
}

const assetLimit = 512 * 1024 * 1024;
const checksumLimit = 8 * 1024 * 1024;

/**
 * Downloads a part's files into the stage; throws `download-failed`. The checksum is asked for first,
 * which also is the probe of the network: the requests of all parts go out at once, so a dead one costs
 * `answerMs` altogether. What does not match is deleted: it is never made executable, unpacked or run.
 */
export async function downloadPart(
  part: PartName,
  releases: readonly Release[],
  options: DownloadOptions,
): Promise<readonly StagedFile[]> {
  const results = await Promise.allSettled(releases.map((release) => downloadFile(part, release, options)));
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function downloadFile(part: PartName, release: Release, options: DownloadOptions): Promise<StagedFile> {
  const url = new URL(release.url);
  const sha256 = await publishedChecksum(release, options);
  const name = release.file.replaceAll('/', '-');
  const arrived = join(options.stage, `${name}.download`);
  const onBytes = everySoOften((done: number, total: number | undefined) => {
    const size = total === undefined ? {} : { total };
    options.report({ phase: 'download', part, done, ...size, message: `downloading ${part} from ${url.host}` });
  });
  const got = await fetchFile(release.url, arrived, { ...options, limit: assetLimit, onBytes });
  if (got.sha256 !== sha256) {
    await rm(arrived, { force: true });
    throw failed(url, `checksum mismatch: published ${sha256}, received ${got.sha256} (${got.size} bytes)`);
  }
  const staged = join(options.stage, `${name}.downloaded`);
  if (release.member) await extractMember(arrived, release.member, staged, assetLimit);
  else await rename(arrived, staged);
  const about = { file: release.file, part, how: 'download', from: release.url, staged } as const;
  if (part === 'argocd-files') return { ...about, version: versions.argocd };

  options.report({ phase: 'verify', part, message: `asking ${part} for its version` });
  await chmod(staged, 0o755);
  const examined = await examine(pinOf(part), staged, options);
  options.signal?.throwIfAborted();
  if (examined.refused !== undefined) throw failed(url, examined.refused);
  return { ...about, version: examined.version };
}

async function publishedChecksum({ url, checksum }: Release, options: FetchOptions | DownloadOptions): Promise<string> {
  if (checksum.kind === 'pinned') return checksum.sha256;
  const text = await fetchText(checksum.url, { ...options, limit: checksumLimit }).catch((error: unknown) => {
    if (!(error instanceof ArgosyError)) throw error;
    throw failed(new URL(url), `no published checksum: ${error.report.what}`, error);
  });
  const sum = checksumIn(text, checksum);
  if (sum) return sum;
  throw failed(new URL(url), `${new URL(checksum.url).pathname} publishes no sha256 for ${checksum.name}`);
}

/** At most ten calls a second. */
function everySoOften<A extends unknown[]>(call: (...args: A) => void): (...args: A) => void {
  let last = 0;
  return (...args) => {
    const now = Date.now();
    if (now - last < 100 && now >= last) return;
    last = now;
    call(...args);
  };
}
