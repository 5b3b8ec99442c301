import { createHash } from 'node:crypto';
import { groupOf, isBuiltIn, type Manifest } from '../kube';

/** The folder of objects that name no namespace. No namespace can have this name. */
const clusterScoped = '_cluster';

/**
 * The file of an object below its unit's folder: `<namespace>/<kind>[.<group>]-<name>.yaml`,
 * with `_cluster` for objects that name no namespace. What is not a-z, 0-9, `.` or `-` is
 * percent-encoded, so no name leaves its folder or meets its twin on a file system that folds
 * case; a name over 200 bytes is cut and ends in a hash.
 */
export function fileOf(manifest: Manifest): string {
  const group = groupOf(manifest.apiVersion);
  const kind =
    encode(manifest.kind.toLowerCase()) + (isBuiltIn(group) || group === 'argoproj.io' ? '' : `.${encode(group)}`);
  const folder = manifest.metadata.namespace ? encode(manifest.metadata.namespace) : clusterScoped;
  return `${folder}/${shorten(`${kind}-${encode(manifest.metadata.name)}`)}.yaml`;
}

function encode(text: string): string {
  const encoded = text.replace(/[^a-z0-9.-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  return encoded.replace(/^\.+/, (dots) => '%2e'.repeat(dots.length));
}

function shorten(name: string): string {
  if (name.length <= 200) return name;
  return `${name.slice(0, 180)}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}
