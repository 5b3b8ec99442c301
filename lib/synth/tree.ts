import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import {
  ArgosyError,
  formatIdentity,
  formatLocation,
  identityOf,
  shown,
  type Location,
  type Manifest,
  type Where,
} from '../kube';
import { originOf } from './origin';

/** An object of the construct tree, resolved to plain data, with where it comes from. */
export interface SynthesizedObject {
  readonly manifest: Manifest;
  /** Path of the construct that made it. */
  readonly construct: string;
  readonly origin?: Location;
  /** Indexes, in the same list, of the objects that must come before it. */
  readonly after: readonly number[];
}

/** A construct whose objects are written together, such as an Application or a cluster's root. */
export interface Unit {
  readonly construct: IConstruct;
  readonly objects: readonly SynthesizedObject[];
}

const unitSymbol = Symbol.for('argosy.unit');

interface UnitMark {
  readonly unit: IConstruct;
  /** The object that stands for the unit in the unit above it: its Application resource. */
  representative?: ApiObject;
}

/** Declares that the objects below a construct, down to the next unit, are written together. */
export function markUnit(construct: IConstruct): void {
  Object.defineProperty(construct, unitSymbol, { value: { unit: construct } satisfies UnitMark });
}

/** Lets an object stand for its unit: it is written with the objects of the unit above. */
export function markRepresentative(unit: IConstruct, object: ApiObject, above: IConstruct): void {
  const mark = (unit as { [unitSymbol]?: UnitMark })[unitSymbol];
  if (mark) mark.representative = object;
  Object.defineProperty(object, unitSymbol, { value: { unit: above } satisfies UnitMark });
}

/**
 * Walks the tree once: runs the constructs' own validations, resolves every object and groups
 * them by unit, in tree order. Collects all errors before it throws.
 *
 * @throws AggregateError of ArgosyErrors
 */
export function synthesizeTree(root: IConstruct): Unit[] {
  const errors: ArgosyError[] = [];
  const units = new Map<IConstruct, ApiObject[]>();
  const all = root.node.findAll();
  for (const construct of all) {
    for (const message of construct.node.validate()) errors.push(validationError(construct, message));
    if (ownMark(construct)?.unit === construct) units.set(construct, []);
    if (!ApiObject.isApiObject(construct)) continue;
    const unit = unitOf(construct);
    if (!unit) errors.push(outsideError(construct));
    else {
      const objects = units.get(unit);
      if (objects) objects.push(construct);
      else units.set(unit, [construct]);
    }
  }
  const edges = dependencyEdges(all);
  const result = [...units].map(([construct, objects]) => ({
    construct,
    objects: resolveObjects(objects, edges, errors),
  }));
  if (errors.length > 0) throw new AggregateError(errors, errors.map((error) => error.message).join('\n'));
  return result;
}

/** Where a construct stands, for an error. */
export function whereIs(construct: IConstruct): Where {
  return {
    construct: construct.node.path || 'fleet',
    // Formatted only when an error is told: every constructor asks for this, and few fail.
    get location(): string {
      const origin = originOf(construct);
      return origin ? formatLocation(origin) : '';
    },
  };
}

function ownMark(construct: IConstruct): UnitMark | undefined {
  return (construct as { [unitSymbol]?: UnitMark })[unitSymbol];
}

function unitOf(construct: IConstruct): IConstruct | undefined {
  for (let at: IConstruct | undefined = construct; at; at = at.node.scope) {
    const mark = ownMark(at);
    if (mark) return mark.unit;
  }
  return undefined;
}

/** Which objects must come after which, both in the same unit, from `node.addDependency`. */
function dependencyEdges(all: readonly IConstruct[]): Map<ApiObject, Set<ApiObject>> {
  const edges = new Map<ApiObject, Set<ApiObject>>();
  const below = new Map<IConstruct, ApiObject[]>();
  const objectsBelow = (construct: IConstruct): ApiObject[] => {
    let objects = below.get(construct);
    if (!objects) below.set(construct, (objects = construct.node.findAll().filter(ApiObject.isApiObject)));
    return objects;
  };
  for (const construct of all) {
    for (const dependency of construct.node.dependencies) {
      for (const later of objectsBelow(construct)) {
        for (const sooner of objectsBelow(dependency)) {
          const pair = inOneUnit(later, sooner);
          if (!pair || pair[0] === pair[1]) continue;
          const after = edges.get(pair[0]) ?? new Set();
          edges.set(pair[0], after.add(pair[1]));
        }
      }
    }
  }
  return edges;
}

/** Lifts two objects to the ones that stand for them in the innermost unit they share. */
function inOneUnit(later: ApiObject, sooner: ApiObject): [ApiObject, ApiObject] | undefined {
  const laterChain = representatives(later);
  const soonerChain = representatives(sooner);
  for (const [unit, object] of laterChain) {
    const other = soonerChain.get(unit);
    if (other) return [object, other];
  }
  return undefined;
}

function representatives(object: ApiObject): Map<IConstruct, ApiObject> {
  const chain = new Map<IConstruct, ApiObject>();
  for (let at: ApiObject | undefined = object; at;) {
    const unit = unitOf(at);
    if (!unit || chain.has(unit)) break;
    chain.set(unit, at);
    at = ownMark(unit)?.representative;
  }
  return chain;
}

function resolveObjects(
  objects: readonly ApiObject[],
  edges: ReadonlyMap<ApiObject, ReadonlySet<ApiObject>>,
  errors: ArgosyError[],
): SynthesizedObject[] {
  const index = new Map(objects.map((object, at) => [object, at]));
  return objects.flatMap((object) => {
    const manifest = resolveObject(object, errors);
    if (!manifest) return [];
    const origin = originOf(object);
    const after = [...(edges.get(object) ?? [])].map((sooner) => index.get(sooner)!).sort((a, b) => a - b);
    return [{ manifest, construct: object.node.path, ...(origin && { origin }), after }];
  });
}

function resolveObject(object: ApiObject, errors: ArgosyError[]): Manifest | undefined {
  let manifest: unknown;
  try {
    manifest = object.toJson();
  } catch (cause) {
    errors.push(invalidError(object, cause instanceof Error ? cause.message : String(cause), cause));
    return undefined;
  }
  const { apiVersion, kind, metadata } = manifest as Partial<Manifest>;
  if (typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string') {
    return manifest as Manifest;
  }
  errors.push(
    invalidError(object, `apiVersion ${shown(apiVersion)}, kind ${shown(kind)}, name ${shown(metadata?.name)}`),
  );
  return undefined;
}

function invalidError(object: ApiObject, what: string, cause?: unknown): ArgosyError {
  return new ArgosyError({
    code: 'invalid-object',
    where: { ...whereIs(object), object: `${object.kind} ${object.name}` },
    what: `the object cannot be written: ${what}`,
    why: 'an object is plain data with apiVersion, kind and metadata.name',
    fix: 'correct the properties or patches of this construct',
    cause,
  });
}

function validationError(construct: IConstruct, message: string): ArgosyError {
  return new ArgosyError({
    code: 'construct-validation',
    where: whereIs(construct),
    what: message,
    why: 'the construct refuses its own state (node.addValidation)',
    fix: 'change the properties of this construct',
  });
}

function outsideError(object: ApiObject): ArgosyError {
  return new ArgosyError({
    code: 'outside-of-cluster',
    where: {
      ...whereIs(object),
      object: formatIdentity(
        identityOf({ apiVersion: object.apiVersion, kind: object.kind, metadata: { name: object.name } }),
      ),
    },
    what: 'the object stands below no Application and no Cluster',
    why: 'Argo CD syncs only what an Application holds',
    fix: 'make it inside an Application: new Application(cluster, …), or pass one as its scope',
  });
}
