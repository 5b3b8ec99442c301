import { formatIdentity, identityOf } from '../../kube';
import type { Rule, VerifiableUnit } from '../finding';

/** Two applications that hold one object: the last writer wins, and the other's prune deletes it. */
export const sharedObjects: Rule = (cluster) => {
  const owners = new Map<string, VerifiableUnit>();
  return cluster.applications.flatMap((unit) =>
    unit.objects.flatMap((object) => {
      const identity = formatIdentity(identityOf(object.manifest));
      const owner = owners.get(identity);
      if (!owner) owners.set(identity, unit);
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
    }),
  );
};
