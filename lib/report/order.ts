import { orderTasks, type SyncTask } from '../sync';
import type { VerifiableCluster, VerifiableUnit } from '../verify';
import { columns, count, inert } from './terminal';

/** A cluster's applications in the order the root Application syncs them, each with the order of its own objects. */
export function printOrder(cluster: VerifiableCluster): string {
  const rows = orderTasks(cluster.root.objects.map(({ manifest }) => manifest)).flatMap(({ wave, manifest }) => {
    if (manifest.kind !== 'Application') return [];
    const unit = unitOf(cluster, manifest.metadata.name);
    const objects = unit ? orderTasks(unit.objects.map((object) => object.manifest)) : [];
    return [
      [
        `  wave ${wave}`,
        inert(manifest.metadata.name),
        objects.length > 0 ? summary(objects) : 'rendered by Argo CD from its chart',
      ],
    ];
  });
  const objects = cluster.applications.reduce((sum, unit) => sum + unit.objects.length, cluster.root.objects.length);
  return `${cluster.name}: ${count(rows.length, 'application')}, ${count(objects, 'object')}\n${columns(rows)}`;
}

function unitOf(cluster: VerifiableCluster, application: string): VerifiableUnit | undefined {
  const folder = `${cluster.name}/${application.slice(cluster.name.length + 1)}`;
  return cluster.applications.find((unit) => unit.folder === folder);
}

/** Kinds in their order, a phase that is not Sync named, `→` where Argo CD waits for the wave before. */
function summary(tasks: readonly SyncTask[]): string {
  const steps: { key: string; kinds: Map<string, number> }[] = [];
  for (const { phase, wave, manifest } of tasks) {
    const key = `${phase === 'Sync' ? '' : `${phase} `}${wave === 0 ? '' : `wave ${wave} `}`;
    if (steps.at(-1)?.key !== key) steps.push({ key, kinds: new Map() });
    const { kinds } = steps.at(-1)!;
    kinds.set(manifest.kind, (kinds.get(manifest.kind) ?? 0) + 1);
  }
  return steps
    .map(
      ({ key, kinds }) =>
        `${key}${[...kinds].map(([kind, number]) => (number > 1 ? `${number} ${kind}` : kind)).join(', ')}`,
    )
    .join(' → ');
}
