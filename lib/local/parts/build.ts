import { appendFile, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgosyError } from '../../kube/error';
import { copyPatched, stageArgoCdFiles } from './argocd-source';
import type { StagedFile } from './cache';
import { cacheUnusable } from './cache-folder';
import { buildFailed, getGo, type Go } from './go';
import { argocdModule, ldflags, type PartName, pinOf, type ProgramName, programPins } from './pins';
import type { Target } from './platform';
import { printable, run } from './process';
import { examine } from './program';
import type { OnProgress } from './progress';

export interface BuildOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly target: Target;
  /** The folder with go.mod: only read, as it may be a read-only node_modules. */
  readonly module: string;
  readonly stage: string;
  readonly cache: string;
  readonly versionMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly report: OnProgress;
}

/** What `go list -deps` counts for all seven programs together. A warm build cache compiles fewer. */
const packagesInAll = 3408;

/**
 * Builds the wanted parts with one `go build`, so that they share the compiled Kubernetes libraries;
 * throws `build-failed`. Everything it writes is in the stage and in Go's own caches; go.mod is used
 * through a copy (`-modfile`), which can also point at the patched Argo CD.
 */
export async function buildParts(parts: readonly PartName[], options: BuildOptions): Promise<readonly StagedFile[]> {
  const { report, stage, signal } = options;
  const programs = parts.filter((part): part is ProgramName => part !== 'argocd-files');
  report({ phase: 'build', message: 'looking for Go' });
  const go = await getGo(options).catch(rethrowUnlessAborted(signal));
  const modfile = join(stage, 'parts.mod');
  try {
    await copyFile(join(options.module, 'go.mod'), modfile);
    await copyFile(join(options.module, 'go.sum'), join(stage, 'parts.sum'));
    const staged: StagedFile[] = [];
    if (parts.includes('argocd') || parts.includes('argocd-files')) {
      report({ phase: 'build', message: `fetching the module ${argocdModule}` });
      const source = await downloadArgoCd(go, modfile, options);
      if (parts.includes('argocd-files')) staged.push(...(await stageArgoCdFiles(source, stage)));
      if (parts.includes('argocd')) {
        const copy = join(stage, 'argo-cd');
        await copyPatched(source, copy);
        // Quoted as go.mod quotes: a folder's name may hold spaces.
        await appendFile(modfile, `\nreplace ${argocdModule} => ${JSON.stringify(copy)}\n`);
      }
    }
    if (programs.length > 0) staged.push(...(await compile(go, modfile, programs, options)));
    return staged;
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof ArgosyError ? error : cacheUnusable(stage, error);
  }
}

function rethrowUnlessAborted(signal: AbortSignal | undefined) {
  return (error: unknown): never => {
    signal?.throwIfAborted();
    throw error;
  };
}

async function downloadArgoCd(go: Go, modfile: string, options: BuildOptions): Promise<string> {
  const result = await run(go.program, ['mod', 'download', '-json', `-modfile=${modfile}`, argocdModule], {
    cwd: options.module,
    env: go.env,
    signal: options.signal,
    guarded: true,
  });
  options.signal?.throwIfAborted();
  let answer: { Dir?: unknown; Error?: unknown } = {};
  try {
    answer = Object(JSON.parse(result.stdout)) as typeof answer;
  } catch {
    // What Go said on the other stream explains it.
  }
  if (result.code === 0 && typeof answer.Dir === 'string') return answer.Dir;
  const said = typeof answer.Error === 'string' ? answer.Error : result.stderr;
  throw buildFailed(`go mod download ${argocdModule} failed${result.failure ? `: ${result.failure}` : ''}`, tail(said));
}

async function compile(
  go: Go,
  modfile: string,
  programs: readonly ProgramName[],
  options: BuildOptions,
): Promise<readonly StagedFile[]> {
  const { report, signal } = options;
  const out = join(options.stage, 'bin');
  await mkdir(out);
  const names = programs.join(', ');
  const said: string[] = [];
  let done = 0;
  const total = programs.length === programPins.length ? { total: packagesInAll } : {};
  report({ phase: 'build', done, ...total, message: `building ${names} with ${go.version}` });
  const result = await run(
    go.program,
    [
      ...['build', '-v', '-mod=readonly', `-modfile=${modfile}`, '-trimpath', '-buildvcs=false', '-ldflags', ldflags],
      ...['-o', `${out}/`, ...programs.map((name) => pinOf(name).goPackage)],
    ],
    {
      cwd: options.module,
      env: go.env,
      signal,
      guarded: true,
      onErrorLine: (line) => {
        // -v prints the path of each package that it compiles, alone on a line.
        if (/^[\w.~+/-]+$/.test(line)) {
          done += 1;
          report({ phase: 'build', done, ...total, message: `compiling ${line}` });
        } else if (line.startsWith('go: downloading ')) {
          report({ phase: 'build', done, ...total, message: printable(line.slice('go: '.length)) });
        } else {
          said.push(line);
          if (said.length > 200) said.shift();
        }
      },
    },
  );
  signal?.throwIfAborted();
  if (result.code !== 0) {
    throw buildFailed(`go build of ${names} failed: ${result.failure ?? `exit ${result.code}`}`, tail(said.join('\n')));
  }
  return Promise.all(
    programs.map(async (name): Promise<StagedFile> => {
      report({ phase: 'verify', part: name, message: `asking ${name} for its version` });
      const pin = pinOf(name);
      const staged = join(out, name);
      const examined = await examine(pin, staged, { versionMs: options.versionMs, path: options.env.PATH, signal });
      signal?.throwIfAborted();
      if (examined.refused !== undefined) throw buildFailed(`the built ${name} is refused: ${examined.refused}`);
      return {
        file: `bin/${name}`,
        part: name,
        version: examined.version,
        how: 'build',
        from: `go build ${pin.goPackage}`,
        staged,
      };
    }),
  );
}

/** The last lines of what a program said, fit to print. */
function tail(text: string): readonly string[] {
  const lines = text.split('\n').map(printable);
  return lines.filter((line) => line !== '').slice(-12);
}
