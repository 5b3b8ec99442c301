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
        fleet: resolve(folder, settings.fleet ?? 'apps/fleet.ts'),
        infra: resolve(folder, settings.infra ?? 'infra/index.ts'),
        state: join(folder, '.argosy'),
      };
    }
    if (dirname(folder) === folder) break;
  }
  throw new ArgosyError({
    code: 'no-project',
    where: { location: resolve(from) },
    what: 'no package.json with an "argosy" entry is here or above',
    why: 'Argosy reads from it where the fleet is declared',
    fix: 'add "argosy": { "fleet": "apps/fleet.ts" } to package.json, or run inside the repository',
  });
}

function readSettings(file: string): { readonly fleet?: string; readonly infra?: string } | undefined {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const settings = parse(text, file);
  if (settings === undefined) return undefined;
  const problem = Object.entries(settings).find(([, value]) => typeof value !== 'string');
  if (!problem) return settings;
  throw new ArgosyError({
    code: 'no-project',
    where: { location: file },
    what: `argosy.${problem[0]} is ${shown(problem[1])}`,
    why: 'it is the path of a module',
    fix: 'write a path relative to package.json',
  });
}

function parse(text: string, file: string): Record<string, string> | undefined {
  try {
    return (JSON.parse(text) as { argosy?: Record<string, string> }).argosy;
  } catch (cause) {
    throw new ArgosyError({
      code: 'no-project',
      where: { location: file },
      what: 'package.json is not JSON',
      why: 'Argosy reads from it where the fleet is declared',
      fix: 'correct the file',
      cause,
    });
  }
}
