import { constants, type Stats } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { isPinned, type ProgramPin, versions } from './pins';
import { printable, run } from './process';

/** What a program said of itself: its version, or why it is refused. */
export type Examined =
  | {
      readonly version: string;
      readonly flavour?: 'redis-server' | 'built';
      /** Something its user should know. */
      readonly note?: string;
      readonly refused?: undefined;
    }
  | { readonly refused: string };

export const offLoopback =
  "upstream's build: its application-controller serves metrics on every interface, and no flag limits that to loopback";

/** What ./argocd adds to its version: it is patched, and upstream's release is not. */
const ourArgoCd = '(components of Argosy)';

export interface ExamineOptions {
  readonly versionMs: number;
  readonly path?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks a program for its version and judges it. It runs the program, without a shell and with an
 * environment that holds the PATH alone; it never trusts a file name.
 */
export async function examine(pin: ProgramPin, file: string, options: ExamineOptions): Promise<Examined> {
  const unusable = await whyNotExecutable(file);
  if (unusable) return { refused: unusable };
  const answer = await ask(pin, file, options);
  const found = pin.answer.exec(answer.text);
  if (!found) {
    const said = answer.failure ?? (printable(answer.text.trim().split('\n')[0] ?? '') || 'nothing');
    return { refused: `${file} is not ${pin.name}: asked ${pin.ask.join(' ')}, it answered: ${said}` };
  }
  const version = found[1];
  if (!isPinned(pin, version)) return { refused: `${file} is ${pin.name} ${version}, not ${pin.version}` };
  if (pin.name === 'redis') {
    return version
      ? { version, flavour: 'redis-server' }
      : { version: `miniredis ${versions.miniredis}`, flavour: 'built' };
  }
  if (pin.name === 'argocd' && !answer.text.includes(ourArgoCd)) return { version: pin.version, note: offLoopback };
  return { version: pin.version };
}

async function ask(
  pin: ProgramPin,
  file: string,
  options: ExamineOptions,
): Promise<{ text: string; failure?: string }> {
  const { stdout, stderr, failure } = await run(file, pin.ask, {
    cwd: tmpdir(),
    env: { PATH: options.path, ...pin.askEnv },
    signal: options.signal,
    timeoutMs: options.versionMs,
  });
  return { text: `${stdout}\n${stderr}`, ...(failure === undefined ? {} : { failure }) };
}

async function whyNotExecutable(file: string): Promise<string | undefined> {
  let stats: Stats;
  try {
    stats = await stat(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === 'ENOENT' || code === 'ENOTDIR' ? `${file} does not exist` : `${file} cannot be read: ${code}`;
  }
  if (!stats.isFile()) return `${file} is not a file`;
  return access(file, constants.X_OK).then(
    () => undefined,
    () => `${file} is not executable`,
  );
}

/**
 * Every executable file called `name` on a PATH, first one first. Relative and empty entries are left
 * out: they would let the current folder, which may be someone's repository, choose what runs.
 */
export async function onPath(name: string, path: string | undefined): Promise<readonly string[]> {
  const files = (path ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, name));
  const usable = await Promise.all(files.map(async (file) => (await whyNotExecutable(file)) === undefined));
  return [...new Set(files.filter((_, at) => usable[at]))];
}
