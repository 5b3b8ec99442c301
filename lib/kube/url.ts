import { ArgosyError, shown, type Where } from './error';

const forms = /^(?:https?:\/\/|ssh:\/\/|git:\/\/|file:\/\/\/|[A-Za-z0-9_][\w.-]*@[A-Za-z0-9][\w.-]*:)[^\s\0]+$/;
const chartForms = /^(?:https:\/\/|http:\/\/|oci:\/\/)?[A-Za-z0-9][^\s\0]*$/;

/**
 * Checks the URL of a Git repository or, with `chart`, of a Helm repository or OCI registry. It
 * is written to Git, so it may hold no credentials; it is handed to Git, so nothing in it may be
 * taken for an option or run as a program. Source: git-remote-ext(1), CVE-2026-113708.
 *
 * @throws ArgosyError `invalid-property`
 */
export function checkRepositoryUrl(name: string, url: string, where: Where, kind: 'git' | 'chart' = 'git'): string {
  const text = String(url);
  const secret = holdsCredentials(text);
  const odd = /:\/\/-|@-|^-|^ext::/.test(text);
  if (!secret && !odd && (kind === 'git' ? forms : chartForms).test(text)) return url;
  throw new ArgosyError({
    code: 'invalid-property',
    where,
    what: secret ? `${name} holds credentials` : `${name} is ${shown(url)}`,
    why: secret
      ? 'the URL is written to Git, for everyone who reads the repository'
      : kind === 'git'
        ? 'it must start with https://, http://, ssh://, git://, file:/// or user@host:'
        : 'it is a Helm repository, https://…, or an OCI registry without its oci://',
    fix: secret
      ? 'take them out of the URL; the stack configuration of infra/ holds credentials'
      : `use '${kind === 'git' ? 'https://github.com/acme/platform.git' : 'https://argoproj.github.io/argo-helm'}', for example`,
  });
}

/** A password, any user of http(s), or a query or fragment, where tokens hide. */
function holdsCredentials(url: string): boolean {
  return /^https?:\/\/[^/]*@/.test(url) || /^[a-z+]+:\/\/[^/@]*:[^/@]*@/.test(url) || /^(?!file:)[^?#]*[?#]/.test(url);
}
