/**
 * A repository's URL as Argo CD compares it: lower case, without `.git` and `ssh://`, and with
 * `git@host:path` as `git@host/path`. What Go cannot parse becomes empty, so that two such URLs
 * are equal to Argo CD, also where one stands in a project. A query's and a fragment's own
 * encoding is left as it is.
 *
 * Mirrors `NormalizeGitURL` in argo-cd util/git/git.go, and Go's net/url for what it refuses and
 * encodes: in a path `{` becomes `%7b`, so `{a,b}` in a pattern of a path matches nothing.
 */
export function normalizeGitUrl(repository: string): string {
  if (repository.length > 4096) return '';
  let url = repository.trim().toLowerCase();
  if (/^(?:ssh:\/\/)?[^/:]*@[^@]+$/.test(url) && !url.startsWith('ssh://')) url = `ssh://${url.replace(':', '/')}`;
  const parsed = parse(url.replace(/\.git$/, ''));
  return parsed?.startsWith('ssh://') ? parsed.slice('ssh://'.length) : (parsed ?? '');
}

/** The URL as Go writes it again, or undefined where `url.Parse` fails. */
function parse(url: string): string | undefined {
  const [, whole = '', fragment = ''] = /^([^#]*)(#[^]*)?$/.exec(url)!;
  if (/[\0-\x1f\x7f]/.test(whole) || whole.startsWith(':')) return undefined;
  const [, scheme = '', rest = '', query = ''] = /^([a-z][a-z0-9+.-]*:)?([^?]*)(\?[^]*)?$/.exec(whole)!;
  const end = query + (fragment === '#' ? '' : fragment);
  if (!rest.startsWith('/')) {
    if (scheme !== '') return scheme + rest + end;
    const path = encodePath(rest);
    return path === undefined || rest.split('/')[0]!.includes(':') ? undefined : path + end;
  }
  const [, authority, below = ''] = /^\/\/([^/]*)([^]*)$/.exec(rest) ?? [];
  const relative = authority === undefined || (scheme === '' && rest.startsWith('///'));
  const path = encodePath(relative ? rest : below);
  if (path === undefined || (!relative && !isAuthority(scheme, authority))) return undefined;
  return scheme + (relative ? '' : `//${encode(authority)}`) + path + end;
}

function isAuthority(scheme: string, authority: string): boolean {
  const at = authority.lastIndexOf('@');
  const user = authority.slice(0, Math.max(at, 0));
  const host = authority.slice(at + 1);
  if (!/^[a-z0-9._:~!$&'()*+,;=%@-]*$/.test(user) || /%(?![0-9a-f]{2})/.test(authority)) return false;
  if (host.startsWith('[')) return /^\[[0-9a-f:.]*:[0-9a-f:.]*\](?::\d*)?$/.test(host);
  // `{` and the like are refused in a host, and so is an encoded ASCII character.
  if (!/^[a-z0-9._~!$&'()*+,;=:<>"\]%\u0080-\uffff-]*$/.test(host) || /%(?!25)[0-7]/.test(host)) return false;
  const ports = host.split(':').slice(1);
  const port = /^https?:$/.test(scheme) ? ports.join(':') : ports.at(-1);
  return port === undefined || /^\d*$/.test(port);
}

/** The path as it is where all of it may stand in a URL, else encoded anew. Undefined for a `%` that encodes nothing. */
function encodePath(path: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return undefined;
  if (/^[a-z0-9._~!$&'()*+,;=:@/[\]%-]*$/.test(path)) return path;
  return Buffer.from(unescape(path), 'latin1')
    .toString('latin1')
    .replace(
      /[^A-Za-z0-9._~$&+,/:;=@-]/g,
      (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
}

/** The bytes of a text, each as one character, with `%41` decoded. */
function unescape(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function encode(text: string): string {
  return text.replace(/[\u0080-\u{10ffff}]/gu, (character) => encodeURIComponent(character));
}
