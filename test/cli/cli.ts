import { execFile, type ExecFileException } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll } from 'vitest';

export const top = resolve(__dirname, '../..');

/** How the command line is started from its sources. */
export const argosy = ['--require', require.resolve('tsx/cjs'), join(top, 'lib/cli/main.ts')] as const;

/** What a command said, and its exit code. */
export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A new temporary folder, removed after the tests of the file. */
export function temporary(prefix = 'argosy-cli-'): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  made.push(folder);
  return folder;
}

const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A project of its own: a folder whose name has a space, a bracket and a letter beyond ASCII. */
export function project(files: Readonly<Record<string, string>> = {}, entry: unknown = { fleet: 'fleet.ts' }): string {
  const folder = join(temporary(), 'my fleet (ü)');
  write(folder, { 'package.json': JSON.stringify({ argosy: entry }), ...files });
  return folder;
}

/** Writes files below a folder. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A program that builds a fleet of two clusters; `inside` stands in buildFleet, after the cluster `one`. */
export function program(inside = '', before = ''): string {
  return `import { Application, AppProject, ArgoCd, Cluster, Fleet, type FleetOptions } from '${top}/lib';
import { ApiObject } from '${top}/node_modules/cdk8s';
${before}
export function buildFleet(options: FleetOptions = {}): Fleet {
  const fleet = new Fleet({ repository: { url: 'https://github.com/acme/platform.git' }, ...options });
  const one = new Cluster(fleet, 'one');
  new Cluster(fleet, 'two');
  new ArgoCd(one, 'argocd', { domain: 'argocd.example.com' });
  const project = new AppProject(one, 'own', { namespaces: ['argocd'] });
  const app = new Application(one, 'app', { project, namespace: 'argocd' });
  const map = (id: string, name = id, data: Record<string, string> = {}) =>
    new ApiObject(app, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
  map('settings', 'settings', { color: 'blue' });
${inside}
  return fleet;
}
`;
}

/** Runs the real command line in a folder, with an environment of its own. */
export function run(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Answer> {
  return execute(process.execPath, [...argosy, ...args], folder, { PATH: process.env['PATH'], ...env });
}

/** Runs a program. Never rejects: what it says is the answer. */
export function execute(file: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Answer> {
  return new Promise((settle) => {
    execFile(file, args, { cwd, env, timeout: 60_000 }, (error: ExecFileException | null, stdout, stderr) =>
      settle({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    );
  });
}

/** The one JSON document of an answer: the whole of stdout, or this throws. */
export function documentOf({ stdout }: Pick<Answer, 'stdout'>): any {
  return JSON.parse(stdout) as unknown;
}

/** Every file below a folder with its bytes, in order. */
export function tree(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path, 'latin1')]));
}
