import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { StateFolder } from './state';

/** The secrets of one run; made anew each time, gone when the state folder is closed. */
export interface Credentials {
  readonly token: string;
  readonly tokenFile: string;
  /** Keys that sign and check service account tokens. */
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  /** kube-apiserver writes its self-signed certificate and key here; the certificate is the CA to trust. */
  readonly certificates: string;
  readonly caFile: string;
}

export function makeCredentials({ credentials: folder }: StateFolder): Credentials {
  const token = randomBytes(32).toString('base64url');
  const keys = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  });
  return {
    token,
    tokenFile: secret(join(folder, 'tokens.csv'), `${token},argosy,argosy,system:masters\n`),
    serviceAccountKey: secret(join(folder, 'service-account.key'), keys.privateKey),
    serviceAccountPublicKey: secret(join(folder, 'service-account.pub'), keys.publicKey),
    certificates: folder,
    caFile: join(folder, 'apiserver.crt'),
  };
}

/** Writes the kubeconfig, readable by its owner alone, with the certificate's path in it. */
export function writeKubeconfig(
  file: string,
  {
    name,
    namespace,
    server,
    token,
    caFile,
  }: { name: string; namespace?: string; server: string; token: string; caFile: string },
): string {
  const context = { cluster: name, user: name, ...(namespace === undefined ? {} : { namespace }) };
  return secret(
    file,
    stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server, 'certificate-authority': caFile } }],
      users: [{ name, user: { token } }],
      contexts: [{ name, context }],
      'current-context': name,
    }),
  );
}

export function secret(file: string, text: string): string {
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}
