import { createHash } from 'node:crypto';
import { groupOf, type Manifest } from '../kube';

/** Groups whose kinds are unique among themselves: a file of theirs needs no group in its name. */
const builtIn = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'argoproj.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

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
  const kind = encode(manifest.kind.toLowerCase()) + (builtIn.has(group) ? '' : `.${encode(group)}`);
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
