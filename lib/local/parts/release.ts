import { argocdFilePins, type PartName, versions } from './pins';
import type { Target } from './platform';

/** Base addresses of the official releases. A mirror serves the same paths below its own. */
export interface ReleaseHomes {
  /** @default https://github.com */
  readonly github: string;
  /** @default https://api.github.com */
  readonly githubApi: string;
  /** @default https://raw.githubusercontent.com */
  readonly githubRaw: string;
  /** @default https://dl.k8s.io */
  readonly kubernetes: string;
}

export const officialHomes: ReleaseHomes = {
  github: 'https://github.com',
  githubApi: 'https://api.github.com',
  githubRaw: 'https://raw.githubusercontent.com',
  kubernetes: 'https://dl.k8s.io',
};

/**
 * Where the checksum of an asset is published: a file with nothing else in it, a file of
 * `<sha256>  <name>` lines, GitHub's own record of the asset, or our source.
 */
export type Checksum =
  | { readonly kind: 'bare' | 'lines' | 'github'; readonly url: string; readonly name: string }
  | { readonly kind: 'pinned'; readonly sha256: string };

export interface Release {
  /** Path in the cache. */
  readonly file: string;
  readonly url: string;
  readonly checksum: Checksum;
  /** The program's name in the archive that the asset is. */
  readonly member?: string;
}

/** What is published for a part on this target: one release a file; none where the project publishes none. */
export function releasesOf(part: PartName, target: Target, homes: ReleaseHomes): readonly Release[] {
  const { goos, goarch } = target;
  const file = `bin/${part}`;
  switch (part) {
    case 'etcd': {
      if (goos !== 'linux') return []; // A .zip there; it is built instead.
      const base = `${homes.github}/etcd-io/etcd/releases/download/v${versions.etcd}`;
      const folder = `etcd-v${versions.etcd}-${goos}-${goarch}`;
      const name = `${folder}.tar.gz`;
      const checksum = { kind: 'lines', url: `${base}/SHA256SUMS`, name } as const;
      return [{ file, url: `${base}/${name}`, checksum, member: `${folder}/etcd` }];
    }
    case 'kube-apiserver':
    case 'kube-controller-manager':
    case 'kube-scheduler': {
      if (goos !== 'linux') return []; // Servers are published for Linux alone.
      const url = `${homes.kubernetes}/v${versions.kubernetes}/bin/${goos}/${goarch}/${part}`;
      return [{ file, url, checksum: { kind: 'bare', url: `${url}.sha256`, name: part } }];
    }
    case 'kwok': {
      const name = `kwok-${goos}-${goarch}`;
      const repository = 'kubernetes-sigs/kwok';
      const url = `${homes.githubApi}/repos/${repository}/releases/tags/v${versions.kwok}`;
      const asset = `${homes.github}/${repository}/releases/download/v${versions.kwok}/${name}`;
      return [{ file, url: asset, checksum: { kind: 'github', url, name } }];
    }
    case 'argocd': {
      const base = `${homes.github}/argoproj/argo-cd/releases/download/v${versions.argocd}`;
      const name = `argocd-${goos}-${goarch}`;
      return [{ file, url: `${base}/${name}`, checksum: { kind: 'lines', url: `${base}/cli_checksums.txt`, name } }];
    }
    case 'argocd-files':
      return argocdFilePins.map((pin) => ({
        file: `argocd-files/${pin.file}`,
        url: `${homes.githubRaw}/argoproj/argo-cd/v${versions.argocd}/${pin.upstream}`,
        checksum: { kind: 'pinned', sha256: pin.sha256 },
      }));
    case 'redis':
      return []; // Redis publishes sources alone.
  }
}

/** The sha256 that a checksum document gives for `name`; undefined when it gives none, or two that differ. */
export function checksumIn(text: string, { kind, name }: { kind: 'bare' | 'lines' | 'github'; name: string }) {
  const sums = new Set(
    kind === 'bare' ? [text.trim()] : kind === 'lines' ? sumsInLines(text, name) : sumsInGithub(text, name),
  );
  const [sum, ...others] = [...sums];
  return others.length === 0 && sum !== undefined && /^[0-9a-f]{64}$/i.test(sum) ? sum.toLowerCase() : undefined;
}

function sumsInLines(text: string, name: string): string[] {
  return text
    .split('\n')
    .map((line) => /^([0-9a-fA-F]{64})\s+\*?(\S+)\s*$/.exec(line))
    .filter((line) => line?.[2] === name)
    .map((line) => line![1]!);
}

function sumsInGithub(text: string, name: string): string[] {
  let release: unknown;
  try {
    release = JSON.parse(text);
  } catch {
    return [];
  }
  const { assets } = Object(release) as { assets?: unknown };
  return (Array.isArray(assets) ? assets : [])
    .map((asset) => Object(asset) as { name?: unknown; digest?: unknown })
    .filter((asset) => asset.name === name && typeof asset.digest === 'string')
    .map((asset) => (asset.digest as string).replace(/^sha256:/, ''));
}
