import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const top = resolve(__dirname, '../..');

/** Who may import whom. A room may always import itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  kube: [],
  synth: ['kube'],
  render: ['kube'],
  sync: ['kube'],
  verify: ['kube', 'sync', 'render'],
  fleet: ['kube', 'synth', 'render'],
  argocd: ['kube', 'synth', 'render', 'fleet'],
  operator: ['kube', 'synth', 'render', 'fleet', 'argocd'],
  workload: ['kube', 'synth', 'render', 'fleet', 'argocd'],
  report: ['kube', 'sync', 'render', 'verify'],
  // Shells: they alone touch network, clock, files and environment.
  local: ['kube', 'render', 'operator'],
  cli: ['kube', 'synth', 'render', 'sync', 'verify', 'fleet', 'argocd', 'operator', 'report', 'local'],
  // The front door of lib.
  'lib/index': ['kube', 'render', 'fleet', 'argocd', 'operator', 'workload'],
  apps: ['lib/index'],
  infra: ['kube', 'render', 'fleet', 'argocd', 'operator', 'apps'],
};

/** Packages that only some rooms may know. */
const packages: Readonly<Record<string, readonly string[]>> = {
  cdk8s: ['synth', 'fleet', 'argocd', 'operator', 'workload', 'apps'],
  'cdk8s-plus-28': ['workload', 'apps'],
  constructs: ['synth', 'fleet', 'argocd', 'operator', 'workload', 'apps'],
  '@pulumi/pulumi': ['infra', 'local'],
  '@pulumi/kubernetes': ['infra', 'local'],
  commander: ['cli'],
};

interface Source {
  readonly path: string;
  readonly room: string;
  readonly text: string;
  readonly imports: readonly { readonly to: string; readonly typeOnly: boolean }[];
}

const sources = ['lib', 'apps', 'infra'].flatMap((folder) => read(join(top, folder)));

describe('the house', () => {
  it('has no import against the arrow', () => {
    const against = sources.flatMap(({ path, room, imports }) =>
      imports.flatMap(({ to }) => {
        if (to.startsWith('.')) {
          const target = roomOf(relative(top, resolve(top, dirname(path), to)));
          return target === room || mayImport[room]?.includes(target) ? [] : [`${path} imports ${target}`];
        }
        const name = to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : to.split('/')[0]!;
        const allowed = packages[name];
        return !allowed || allowed.includes(room) ? [] : [`${path} imports ${name}`];
      }),
    );
    expect(against).toEqual([]);
  });

  it('names every room in the table', () => {
    expect([...new Set(sources.map(({ room }) => room))].filter((room) => !(room in mayImport))).toEqual([]);
  });

  it('has no file over 400 lines', () => {
    const long = [...sources, ...read(join(top, 'test'))].filter(
      ({ path, text }) => !path.includes('/generated/') && text.split('\n').length > 400,
    );
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('opens each room with what it knows, what it does not, and its law', () => {
    const rooms = sources.filter(({ path }) => /^lib\/[a-z]+\/index\.ts$/.test(path));
    expect(rooms.length).toBeGreaterThan(8);
    const silent = rooms.filter(({ text }) => !/^\/\*\*[^]*?does not[\s*]+know[^]*?law:[^]*?\*\//i.test(text));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('keeps nothing else at the top level', () => {
    const allowed = new Set(
      'infra apps lib test package.json tsconfig.json Pulumi.yaml cdk8s.yaml README.md package-lock.json CHANGELOG.md LICENSE node_modules'.split(
        ' ',
      ),
    );
    expect(readdirSync(top).filter((name) => !name.startsWith('.') && !allowed.has(name))).toEqual([]);
  });

  it('loads neither Pulumi nor the command line through the front door', () => {
    const seen = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      const source = sources.find((each) => each.path === path || each.path === path.replace(/\.ts$/, '/index.ts'));
      for (const { to, typeOnly } of source?.imports ?? []) {
        if (typeOnly) continue;
        if (to.startsWith('.')) visit(`${relative(top, resolve(top, dirname(source!.path), to))}.ts`);
        else seen.add(to);
      }
    };
    visit('lib/index.ts');
    expect([...seen].filter((name) => /pulumi|commander|lib\/(?:cli|local)/.test(name))).toEqual([]);
    expect(seen.has('cdk8s')).toBe(true);
  });
});

function read(folder: string): Source[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return read(path);
    if (!entry.name.endsWith('.ts')) return [];
    const text = readFileSync(path, 'utf8');
    const imports = [...text.matchAll(/^(?:import|export) (type )?[^;]*?from '([^']+)';|require\('(\.[^']+)'\)/gm)].map(
      ([, type, from, required]) => ({ to: (from ?? required)!, typeOnly: type !== undefined }),
    );
    return [{ path: relative(top, path), room: roomOf(relative(top, path)), text, imports }];
  });
}

/** `lib/kube/yaml.ts` is in `kube`, `lib/index.ts` is `lib/index`, `apps/shop/api.ts` is in `apps`. */
function roomOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  if (first !== 'lib') return first;
  return second === '' || second.startsWith('index') ? 'lib/index' : second;
}
