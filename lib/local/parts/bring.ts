import { ArgosyError } from '../../kube/error';
import { buildParts } from './build';
import { addToCache, readCache, type StagedFile } from './cache';
import { downloadPart } from './download';
import { type Attempt, findCached, type Found, partNames } from './find';
import type { Code } from '../../kube/codes';
import type { PartName } from './pins';
import { releasesOf } from './release';
import { cacheOf, type Setting } from './setting';
import { unavailable } from './unavailable';

/**
 * Brings what is not in `found`: downloads first, then one build of all that could not be downloaded.
 * Each success is in the cache before the next step, so a failure later loses none. Throws
 * `parts-unavailable` when something is still missing.
 */
export async function bring(
  found: ReadonlyMap<PartName, Found>,
  attempts: Attempt[],
  stage: string,
  setting: Setting,
): Promise<ReadonlyMap<PartName, Found>> {
  const brought = new Map(found);
  const missing = () => partNames.filter((part) => !brought.has(part));
  const keep = async (staged: readonly StagedFile[]) => {
    if (staged.length === 0) return;
    setting.report({ phase: 'verify', message: 'writing to the cache' });
    await addToCache(cacheOf(setting), staged);
    const cached = await readCache(cacheOf(setting));
    for (const { part, how, from } of staged) {
      const one = findCached(part, cached, cacheOf(setting));
      if (one) brought.set(part, { ...one, how, where: from, ...noteOf(one, attempts) });
    }
  };

  await keep(await download(missing(), attempts, stage, setting));
  if (missing().length > 0) await keep(await build(missing(), attempts, stage, setting));
  if (missing().length > 0) throw unavailable(missing(), attempts, setting.target, setting.homes);
  return brought;
}

/** A release that was refused is told even when another way worked: it may be a sign of tampering. */
function noteOf({ part, note }: Found, attempts: readonly Attempt[]): { note?: string } {
  const refused = attempts.find((one) => one.part === part && one.how === 'download' && one.why.includes('mismatch'));
  const notes = [note, refused && `its release was refused: ${refused.why}`].filter((text) => text !== undefined);
  return notes.length > 0 ? { note: notes.join('; ') } : {};
}

async function download(parts: readonly PartName[], attempts: Attempt[], stage: string, setting: Setting) {
  const { target, homes, timeouts, signal, report } = setting;
  const options = { stage, ...timeouts, path: setting.env.PATH, signal, report };
  const failures: { readonly part: PartName; readonly why: string }[] = [];
  const results = await Promise.allSettled(
    parts.map(async (part): Promise<readonly StagedFile[]> => {
      const releases = releasesOf(part, target, homes);
      if (releases.length === 0) {
        attempts.push({ part, how: 'download', why: `nothing is published for ${target.goos}/${target.goarch}` });
        return [];
      }
      report({ phase: 'download', part, message: `asking ${new URL(releases[0]!.url).host} for ${part}` });
      try {
        return await downloadPart(part, releases, options);
      } catch (error) {
        const why = whyFailed(error, 'download-failed', signal);
        attempts.push({ part, how: 'download', why });
        failures.push({ part, why });
        return [];
      }
    }),
  );
  for (const told of tellFailures(failures)) report({ phase: 'download', ...told });
  return results.flatMap((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** One line for each cause: a dead network is one fact, not one a part. The whole reasons are in the attempts. */
function tellFailures(
  failures: readonly { readonly part: PartName; readonly why: string }[],
): { part?: PartName; message: string }[] {
  const causes = new Map<string, { readonly part: PartName; readonly why: string }[]>();
  for (const failure of failures) {
    const cause = failure.why.slice(failure.why.lastIndexOf(': ') + 1).trim();
    causes.set(cause, [...(causes.get(cause) ?? []), failure]);
  }
  return [...causes].map(([cause, all]) => {
    const [first] = all;
    if (all.length === 1) return { part: first!.part, message: `${first!.part} not downloaded: ${first!.why}` };
    return { message: `${all.map(({ part }) => part).join(', ')} not downloaded: ${cause}` };
  });
}

async function build(parts: readonly PartName[], attempts: Attempt[], stage: string, setting: Setting) {
  const { env, target, module, timeouts, signal, report, place } = setting;
  try {
    const cache = place.folder;
    return await buildParts(parts, { env, target, module, stage, cache, ...timeouts, signal, report });
  } catch (error) {
    const why = whyFailed(error, 'build-failed', signal);
    attempts.push(...parts.map((part) => ({ part, how: 'build', why }) as const));
    return [];
  }
}

/** Why one way failed. What is not the fault of that way (an abort, a full disk) ends everything. */
function whyFailed(error: unknown, code: Code, signal: AbortSignal | undefined): string {
  signal?.throwIfAborted();
  if (error instanceof ArgosyError && error.code === code) return error.report.what;
  throw error;
}
