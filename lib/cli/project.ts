import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ArgosyError, shown } from '../kube';

/** A user's repository: where its fleet, its bootstrap program and its manifests are. Paths are absolute. */
export interface Project {
  readonly folder: string;
  /** The module that exports `buildFleet`. */
  readonly fleet: string;
  /** The Pulumi program. */
  readonly infra: string;
  /** Where local runs keep their state. */
  readonly state: string;
}

/** The keys of the `argosy` entry, with their defaults. */
const defaults = { fleet: 'apps/fleet.ts', infra: 'infra/index.ts' } as const;

type Settings = { readonly [key in keyof typeof defaults]?: string };

/**
 * The project around a folder: the nearest package.json with an `argosy` entry, such as
 * `{ "argosy": { "fleet": "apps/fleet.ts", "infra": "infra/index.ts" } }`. Both have these defaults.
 *
 * @throws ArgosyError `no-project`
 */
export function findProject(from: string): Project {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const settings = readSettings(join(folder, 'package.json'));
    if (settings) {
      return {
        folder,
        fleet: resolve(folder, settings.fleet ?? defaults.fleet),
        infra: resolve(folder, settings.infra ?? defaults.infra),
        state: join(folder, '.argosy'),
      };
    }
    if (dirname(folder) === folder) break;
  }
  throw noProject(
    resolve(from),
    'no package.json with an "argosy" entry is here or above',
    'add "argosy": { "fleet": "apps/fleet.ts" } to package.json, or run inside the repository',
  );
}

function readSettings(file: string): Settings | undefined {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw noProject(file, `package.json cannot be read: ${(error as Error).message}`, 'make it a readable file', error);
  }
  const settings = argosyEntry(text, file);
  if (settings === undefined) return undefined;
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
    throw noProject(file, `argosy is ${shown(settings)}`, 'write "argosy": { "fleet": "apps/fleet.ts" }');
  for (const [key, value] of Object.entries(settings)) {
    if (!Object.hasOwn(defaults, key))
      throw noProject(file, `argosy.${key} is unknown`, `use ${Object.keys(defaults).join(' or ')}`);
    if (typeof value !== 'string' || value === '')
      throw noProject(file, `argosy.${key} is ${shown(value)}`, 'write the path of a module, relative to package.json');
  }
  return settings;
}

function argosyEntry(text: string, file: string): unknown {
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw noProject(file, `package.json is not JSON: ${(cause as Error).message}`, 'correct the file', cause);
  }
  return (content as { argosy?: unknown } | null)?.argosy;
}

function noProject(location: string, what: string, fix: string, cause?: unknown): ArgosyError {
  return new ArgosyError({
    code: 'no-project',
    where: { location },
    what,
    why: 'Argosy reads from it where the fleet is declared',
    fix,
    ...(cause !== undefined && { cause }),
  });
}
