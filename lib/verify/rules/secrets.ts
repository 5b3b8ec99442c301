import { annotationOf, shown } from '../../kube';
import { unitsOf } from '../applications';
import { mapOf } from '../fields';
import type { Rule, VerifiableObject } from '../finding';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * A Secret that holds a value: whoever reads the repository reads it, for good, since Git forgets
 * nothing. Names keys, never values. A Secret without values, for somebody else to fill, is fine.
 */
export const secrets: Rule = (cluster) =>
  unitsOf(cluster).flatMap((unit) =>
    unit.objects.flatMap((object) => {
      const keys = filledKeys(object);
      if (keys.length === 0) return [];
      return [
        {
          unit,
          object,
          code: 'secret-in-git' as const,
          severity: 'error' as const,
          what: `it holds a value for ${keys.map((key) => shown(key)).join(', ')}`,
          why: 'what is in Git is read by everyone who reads the repository, and stays in its history',
          fix: 'keep it in a secret store, such as External Secrets or Sealed Secrets; if it was committed, replace the value',
        },
      ];
    }),
  );

function filledKeys({ manifest }: VerifiableObject): string[] {
  if (manifest.apiVersion !== 'v1' || manifest.kind !== 'Secret') return [];
  const entries = ['data', 'stringData'].flatMap((field) => Object.entries(mapOf(manifest[field])));
  const keys = entries.filter(([, value]) => value !== '' && value != null).map(([key]) => key);
  if (annotationOf(manifest, lastApplied) !== undefined) keys.push(lastApplied);
  return [...new Set(keys)].sort();
}
