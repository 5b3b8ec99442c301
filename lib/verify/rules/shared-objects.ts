import { formatIdentity, identityOf } from '../../kube';
import { destinationsOf, namespaceOf, scopesOf, unitsOf } from '../applications';
import type { Rule, VerifiableUnit } from '../finding';

/**
 * Two applications that hold one object of one cluster: the last writer wins, and the other's
 * prune deletes it.
 */
export const sharedObjects: Rule = (cluster) => {
  const destinations = destinationsOf(cluster);
  const scopeOf = scopesOf(cluster);
  const owners = new Map<string, VerifiableUnit>();
  return unitsOf(cluster).flatMap((unit) => {
    const destination = destinations.get(unit);
    return unit.objects.flatMap((object) => {
      const identity = identityOf(object.manifest);
      const outside = scopeOf(identity.group, identity.kind) === 'cluster';
      const namespace = outside ? '' : namespaceOf(object.manifest, destination);
      const key = `${destination?.server || destination?.name || ''} ${formatIdentity({ ...identity, namespace })}`;
      const owner = owners.get(key);
      if (!owner) owners.set(key, unit);
      if (!owner || owner === unit) return [];
      return [
        {
          unit,
          object,
          code: 'shared-object' as const,
          severity: 'error' as const,
          what: `${owner.folder} holds the same object`,
          why: 'each sync would take it from the other, and a prune by one deletes it for both',
          fix: 'keep it in one application, or rename one',
        },
      ];
    });
  });
};
