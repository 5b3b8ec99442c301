import type { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import {
  ArgosyError,
  formatIdentity,
  formatLocation,
  groupOf,
  identityOf,
  isBuiltIn,
  isClusterScoped,
  type Manifest,
} from '../kube';
import { synthesizeTree, whereIs, type SynthesizedObject, type Unit } from '../synth';
import { Cluster } from './cluster';
import type { Fleet } from './fleet';
import {
  fileOf,
  rootFolder,
  type RenderedCluster,
  type RenderedFleet,
  type RenderedObject,
  type RenderedUnit,
} from '../render';
import { assignWaves } from './waves';

/** Folds a fleet into plain data. Collects every error of the tree before it throws. */
export function renderFleet(fleet: Fleet): RenderedFleet {
  const units = synthesizeTree(fleet);
  const errors: ArgosyError[] = [];
  const clusters = fleet.node.children.flatMap((child): RenderedCluster[] => {
    if (!(child instanceof Cluster)) return [];
    const own = units.filter(({ construct }) => construct.node.scopes.includes(child));
    const rendered = own.map((unit) => renderUnit(unit, child, errors));
    const root = rendered.find((unit) => unit.folder === `${child.node.id}/${rootFolder}`);
    const applications = rendered.filter((unit) => unit !== root);
    return [
      {
        name: child.node.id,
        kubernetes: child.kubernetes,
        argocdNamespace: child.argocdNamespace,
        root: root ?? { folder: `${child.node.id}/${rootFolder}`, objects: [] },
        applications,
      },
    ];
  });
  const folders = new Map<string, Unit>();
  for (const unit of units) {
    const folder = unit.construct.node.scopes
      .map(({ node }) => node.id)
      .filter((id) => id && id !== 'Default')
      .join('-');
    const twin = folders.get(folder);
    if (twin) errors.push(sameNameError(unit, twin));
    folders.set(folder, unit);
  }
  if (errors.length > 0) throw new AggregateError(errors, errors.map((error) => error.message).join('\n'));
  return { version: 1, repository: fleet.repository, clusters };
}

/**
 * Ids below the cluster, joined with "-": the folder of an application and the end of its name.
 * The id `Default` counts for nothing, as in cdk8s.
 */
export function pathBelowCluster(cluster: Cluster, unit: IConstruct): string {
  const below = unit.node.scopes.slice(cluster.node.scopes.length).map(({ node }) => node.id);
  return below.filter((id) => id !== 'Default').join('-');
}

function renderUnit(unit: Unit, cluster: Cluster, errors: ArgosyError[]): RenderedUnit {
  const name = unit.construct === cluster ? rootFolder : pathBelowCluster(cluster, unit.construct);
  let manifests: readonly Manifest[] = [];
  try {
    manifests = assignWaves(unit.objects);
  } catch (error) {
    if (!(error instanceof ArgosyError)) throw error;
    errors.push(error);
  }
  const { namespace } = unit.construct as Chart;
  const taken = new Map<string, SynthesizedObject>();
  const objects = manifests.map((manifest, at): RenderedObject => {
    const source = unit.objects[at]!;
    const scoped = withItsNamespace(manifest, namespace);
    const file = fileOf(scoped);
    const twin = taken.get(file);
    if (twin) errors.push(duplicateError(source, twin));
    taken.set(file, source);
    return { manifest: scoped, file, construct: source.construct, ...(source.origin && { origin: source.origin }) };
  });
  return { folder: `${cluster.node.id}/${name}`, objects };
}

/**
 * The object with the namespace that it lands in, written down: Argo CD would fill in that of the
 * destination. cdk8s gives a chart's namespace also to kinds that can have none, and a chart
 * inside an Application gives none. What only a CRD knows stays as it is.
 */
function withItsNamespace(manifest: Manifest, namespace: string | undefined): Manifest {
  const group = groupOf(manifest.apiVersion);
  const { namespace: given, ...metadata } = manifest.metadata;
  if (isClusterScoped(group, manifest.kind)) return given === undefined ? manifest : { ...manifest, metadata };
  if (given !== undefined || namespace === undefined || !isBuiltIn(group)) return manifest;
  return { ...manifest, metadata: { ...metadata, namespace } };
}

function duplicateError(one: SynthesizedObject, twin: SynthesizedObject): ArgosyError {
  return new ArgosyError({
    code: 'duplicate-object',
    where: {
      construct: one.construct,
      object: formatIdentity(identityOf(one.manifest)),
      ...(one.origin && { location: formatLocation(one.origin) }),
    },
    what: `${twin.construct} makes the same object${twin.origin ? ` (${formatLocation(twin.origin)})` : ''}`,
    why: 'in one application an object of a kind, namespace and name exists once',
    fix: 'rename one of them, or remove it',
  });
}

function sameNameError(unit: Unit, twin: Unit): ArgosyError {
  return new ArgosyError({
    code: 'duplicate-object',
    where: whereIs(unit.construct),
    what: `its name and folder are those of ${twin.construct.node.path}`,
    why: 'names join the ids below the fleet with "-", so a/b and a-b are one name',
    fix: 'rename one of them',
  });
}
