import { join } from 'node:path';
import { ArgosyError } from '../../kube/error';
import { goNeeded } from './pins';
import type { Target } from './platform';
import { printable, run } from './process';
import { onPath } from './program';

/** The Go toolchain as found: its program and the environment to run it in. */
export interface Go {
  readonly program: string;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface FindGoOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly target: Target;
  /** An existing folder without a go.mod, for what Go writes while it builds. */
  readonly stage: string;
  /** Where Go's own caches go when there is no HOME. */
  readonly cache: string;
  readonly signal?: AbortSignal | undefined;
}

/** Finds a Go toolchain that can build the parts; throws `build-failed`, naming the version received. */
export async function getGo({ env, target, stage, cache, signal }: FindGoOptions): Promise<Go> {
  const [program] = await onPath('go', env.PATH);
  if (!program) throw buildFailed(`there is no go on the PATH`);
  const own = {
    ...env,
    ...goCaches(env, cache),
    CGO_ENABLED: '0',
    GOOS: target.goos,
    GOARCH: target.goarch,
    GO111MODULE: 'on',
    GOWORK: 'off',
    GOTMPDIR: stage, // What a killed build leaves goes with the stage.
  };
  const asked = await run(program, ['env', '-json', 'GOVERSION', 'GOTOOLCHAIN'], {
    cwd: stage,
    env: own,
    signal,
    timeoutMs: 30_000,
  });
  let answer: { GOVERSION?: unknown; GOTOOLCHAIN?: unknown } = {};
  try {
    answer = Object(JSON.parse(asked.stdout)) as typeof answer;
  } catch {
    const said = printable((asked.stderr || asked.stdout).trim().split('\n')[0] ?? '');
    throw buildFailed(`${program} env failed: ${said || (asked.failure ?? `exit ${asked.code}`)}`);
  }
  const version = String(answer.GOVERSION);
  if (!isNewEnough(version) && !switchesItself(version, String(answer.GOTOOLCHAIN))) {
    throw buildFailed(`${program} is ${version}, and go ${goNeeded} or newer is needed`);
  }
  return { program, version, env: own };
}

function goCaches(env: NodeJS.ProcessEnv, cache: string): NodeJS.ProcessEnv {
  const home = env.HOME;
  return {
    ...(home || env.GOCACHE || env.XDG_CACHE_HOME ? {} : { GOCACHE: join(cache, 'go-build') }),
    ...(home || env.GOPATH || env.GOMODCACHE ? {} : { GOPATH: join(cache, 'go') }),
  };
}

function numbersOf(version: string): readonly number[] {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  return found ? found.slice(1).map((part) => Number(part ?? 0)) : [0, 0, 0];
}

function isNewEnough(version: string): boolean {
  const [have, need] = [numbersOf(version), numbersOf(goNeeded)];
  for (const at of [0, 1, 2]) if (have[at] !== need[at]) return have[at]! > need[at]!;
  return true;
}

/** Go 1.21 and newer fetches the toolchain that go.mod asks for, unless GOTOOLCHAIN forbids it. */
function switchesItself(version: string, toolchain: string): boolean {
  const [major, minor] = numbersOf(version);
  return (major! > 1 || minor! >= 21) && /(^|\+)(auto|path)$/.test(toolchain);
}

/** Why a build did not give the parts. `output` is what Go said last. */
export function buildFailed(why: string, output: readonly string[] = []): ArgosyError {
  return new ArgosyError({
    code: 'build-failed',
    what: [why, ...output.map((line) => `  | ${line}`)].join('\n'),
    why: `the parts are built from their pinned modules with go ${goNeeded} or newer, which fetches them from its module proxy`,
    fix: 'install or update Go (https://go.dev/dl), or use another way to get these parts',
  });
}
