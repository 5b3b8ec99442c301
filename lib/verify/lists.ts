import type { Manifest } from '../kube';
import type { VerifiableCluster, VerifiableUnit } from './finding';
import { mapOf } from './fields';

/**
 * A cluster whose lists are taken apart: Argo CD applies the items of an object with `items`, so
 * a rule must see each. Mirrors the loop over `IsList` in argo-cd reposerver/repository/repository.go.
 */
export function withoutLists(cluster: VerifiableCluster): VerifiableCluster {
  return { ...cluster, root: expand(cluster.root), applications: cluster.applications.map(expand) };
}

function expand(unit: VerifiableUnit): VerifiableUnit {
  if (!unit.objects.some(({ manifest }) => Array.isArray(manifest['items']))) return unit;
  const objects = unit.objects.flatMap((object) => {
    const items = object.manifest['items'];
    return Array.isArray(items) ? items.map((item) => ({ ...object, manifest: complete(item) })) : [object];
  });
  return { ...unit, objects };
}

/** An item as a manifest, whatever of it is missing. */
function complete(item: unknown): Manifest {
  const { apiVersion = '', kind = '', metadata, ...fields } = mapOf(item);
  const named = { ...mapOf(metadata), name: String(mapOf(metadata)['name'] ?? '') };
  return { ...fields, apiVersion: String(apiVersion), kind: String(kind), metadata: named };
}
