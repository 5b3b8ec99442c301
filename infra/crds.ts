import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAll } from 'js-yaml'; // 0.3 s for the three CRDs, where yaml takes 0.9 s
import { ArgosyError, shown, type Manifest } from '../lib/kube';
import { argoCdRelease, crdFiles, crdUrl } from '../lib/operator';
import { decodeUtf8, downloadText, type DownloadOptions } from './download';

/** Where the CRDs are read from: a folder, or a URL that the file names are appended to. */
export type CrdSource = { readonly folder: string } | { readonly url: string };

/** A CustomResourceDefinition of Argo CD. */
export interface Crd extends Manifest {
  readonly spec: Readonly<Record<string, unknown>>;
}

/** What each file of the release must hold. */
const expected: Readonly<Record<(typeof crdFiles)[number], string>> = {
  'application-crd.yaml': 'applications.argoproj.io',
  'applicationset-crd.yaml': 'applicationsets.argoproj.io',
  'appproject-crd.yaml': 'appprojects.argoproj.io',
};

/**
 * SHA-256 of the files of the pinned release, as `go.sum` holds them too. Argo CD publishes none. They are asked for
 * what comes from the public home; a folder or a mirror is its owner's.
 */
const pinned: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '3.5.7': {
    'application-crd.yaml': '5dde0e229249b6b707beb98674c1deae3949d5c319a6c45b9f5a80c99618e40c',
    'applicationset-crd.yaml': '7d282054f41ca2b71a22bab04a8caf0000e07e53a62432e6ea292dae5ab4f07d',
    'appproject-crd.yaml': 'ab225266944322750136f1198d93786e4a79a0e43c8d149abfba44da30a3eac8',
  },
};

/** The checksum a file of the public home must have, or undefined for a version that is not the pinned one. */
export function crdChecksum(file: string, version: string = argoCdRelease.version): string | undefined {
  return pinned[version]?.[file];
}

/**
 * Reads the CRDs of a version of Argo CD, each of which must be what its file's name says. Registers nothing.
 *
 * @throws ArgosyError `invalid-crds` or `download-failed`
 */
export async function readCrds(
  version: string,
  source: CrdSource = { url: crdUrl(version) },
  options: DownloadOptions = {},
): Promise<Crd[]> {
  return Promise.all(
    crdFiles.map(async (file) => {
      if ('folder' in source) {
        const path = join(source.folder, file);
        return parseCrd(path, await readText(path), expected[file]);
      }
      const address = `${source.url.replace(/\/+$/, '')}/${file}`;
      const text = await downloadText(address, options);
      if (source.url === crdUrl(version)) checkChecksum(address, text, crdChecksum(file, version));
      return parseCrd(address, text, expected[file]);
    }),
  );
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw invalid(path, `it cannot be read: ${cause.code ?? cause.message}`, cause);
  });
  const text = decodeUtf8(bytes);
  if (text === undefined) throw invalid(path, 'it is not UTF-8');
  return text;
}

function checkChecksum(where: string, text: string, checksum: string | undefined): void {
  const received = createHash('sha256').update(text).digest('hex');
  if (checksum === undefined || checksum === received) return;
  throw invalid(where, `its SHA-256 is ${received}, and that of the release is ${checksum}`);
}

function parseCrd(where: string, text: string, name: string): Crd {
  let documents: unknown[];
  try {
    documents = loadAll(text, { maxAliases: 0 });
  } catch (cause) {
    throw invalid(where, `it is not YAML: ${(cause as Error).message.split('\n')[0]}`, cause);
  }
  if (documents.length !== 1) throw invalid(where, `it holds ${documents.length} documents`);
  const crd = documents[0] as Partial<Crd> | null;
  const received = crd?.kind === 'CustomResourceDefinition' ? crd.metadata?.name : crd?.kind;
  if (crd?.apiVersion !== 'apiextensions.k8s.io/v1' || received !== name || crd.spec?.['group'] !== 'argoproj.io') {
    throw invalid(where, `it holds ${shown(received ?? 'no object')} of ${shown(crd?.apiVersion ?? 'no apiVersion')}`);
  }
  return crd as Crd;
}

function invalid(where: string, what: string, cause?: unknown): ArgosyError {
  return new ArgosyError({
    code: 'invalid-crds',
    where: { location: where },
    what,
    why: `the release's manifests/crds hold ${Object.values(expected).join(', ')}, one a file`,
    fix: "point argosy:crds at the folder manifests/crds of Argo CD's release, or leave it out for the public home",
    ...(cause !== undefined && { cause }),
  });
}
