import type { Input } from '@pulumi/pulumi';
import { ArgosyError } from '../lib/kube';

/** How Argo CD reads a private repository: over HTTPS with a user and password or token, or over SSH with a key. */
export type RepositoryCredentials =
  { readonly username: Input<string>; readonly password: Input<string> } | { readonly sshPrivateKey: Input<string> };

/** Name of the Secret of the repository's credentials. */
export const credentialsName = 'repository-credentials';

/**
 * What Argo CD reads of a repository's Secret. Source: Argo CD docs/operator-manual/declarative-setup.md. It names no
 * project: every project of the fleet reads the one repository.
 *
 * @throws ArgosyError `invalid-configuration` for credentials that the URL cannot use
 */
export function credentialsData(url: string, credentials: RepositoryCredentials): Record<string, Input<string>> {
  const ssh = !/^[a-z]+:\/\//.test(url) || url.startsWith('ssh://');
  const usable = 'sshPrivateKey' in credentials ? ssh : /^https?:\/\//.test(url);
  if (usable) return { type: 'git', url, ...credentials };
  throw new ArgosyError({
    code: 'invalid-configuration',
    where: { object: 'argosy:repositoryCredentials' },
    what: `it holds ${'sshPrivateKey' in credentials ? 'an SSH key' : 'a user and password'}, and the repository is ${url}`,
    why: 'SSH keys are for ssh://… and user@host:…, users and passwords for https://…',
    fix: 'set the credentials that fit the URL, or remove them for a public repository',
  });
}
