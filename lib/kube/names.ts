import type { Code } from './codes';
import { ArgosyError, shown, type Where } from './error';

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const image =
  /^(?<registry>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::[0-9]+)?\/)?)[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*(?<tag>:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?<digest>@sha256:[a-f0-9]{64})?$/;

/**
 * Checks an RFC 1123 label: what names of clusters, namespaces, applications and most objects
 * must be. Source: Kubernetes `apimachinery/pkg/util/validation`.
 *
 * @throws ArgosyError `invalid-name` or `invalid-namespace`
 */
export function checkLabel(
  what: string,
  value: string,
  where: Where,
  { code = 'invalid-name', maximum = 63 }: { readonly code?: Code; readonly maximum?: number } = {},
): string {
  if (typeof value === 'string' && value.length <= maximum && dnsLabel.test(value)) return value;
  throw new ArgosyError({
    code,
    where,
    what: `${what} is ${shown(value)}`,
    why: `it must be at most ${maximum} characters of a-z, 0-9 and "-", and start and end with a letter or digit (RFC 1123)`,
    fix: suggestion(value, maximum),
  });
}

/**
 * Checks a container image reference: it needs a tag or a digest, since what is deployed must
 * be written in Git, and `latest` is a moving target.
 *
 * @throws ArgosyError `invalid-image`
 */
export function checkImage(value: string, where: Where): string {
  const match = typeof value === 'string' && value.length <= 512 ? image.exec(value) : null;
  const reason = !match
    ? 'it is not of the form [registry/]repository[:tag][@sha256:digest], in lower case'
    : !match.groups?.['tag'] && !match.groups?.['digest']
      ? 'it names neither a tag nor a digest, so Git would not say what runs'
      : match.groups['tag'] === ':latest' && !match.groups['digest']
        ? 'the tag "latest" moves, so Git would not say what runs'
        : undefined;
  if (reason === undefined) return value;
  throw new ArgosyError({
    code: 'invalid-image',
    where,
    what: `the image is ${shown(value)}`,
    why: reason,
    fix: 'name a fixed tag or a digest, such as ghcr.io/acme/api:1.4.2',
  });
}

function suggestion(value: unknown, maximum: number): string {
  const label = String(value ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, maximum)
    .replace(/^-+|-+$/g, '');
  return label ? `use ${JSON.stringify(label)}, for example` : 'give it a name';
}
