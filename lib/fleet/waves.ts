import { annotationOf, ArgosyError, formatIdentity, formatLocation, identityOf, shown, type Manifest } from '../kube';
import type { SynthesizedObject } from '../synth';

/** Source: Argo CD `common/annotations` in gitops-engine/pkg/sync/common/types.go. */
const syncWave = 'argocd.argoproj.io/sync-wave';
const hook = 'argocd.argoproj.io/hook';
const phases = ['PreSync', 'Sync', 'PostSync'];

/**
 * Turns dependencies within one unit into sync waves: an object's wave is its own (the
 * annotation, else 0), or one more than the highest of those it must come after. Objects
 * without dependencies keep what they have. A hook of an earlier phase is before everything of
 * a later one already.
 *
 * @throws ArgosyError `dependency-cycle`, or `invalid-sync-wave` for a wave that is no whole
 * number, or that is given and contradicts a dependency
 */
export function assignWaves(objects: readonly SynthesizedObject[]): Manifest[] {
  const waves: (number | 'open' | undefined)[] = [];
  const visit = (at: number, trail: readonly number[]): number => {
    const known = waves[at];
    if (known === 'open') throw cycleError(objects, [...trail.slice(trail.indexOf(at)), at]);
    if (known !== undefined) return known;
    waves[at] = 'open';
    const object = objects[at]!;
    const given = givenWave(object);
    let wave = given ?? 0;
    for (const sooner of object.after) {
      const other = visit(sooner, [...trail, at]);
      const distance = phaseOf(object.manifest) - phaseOf(objects[sooner]!.manifest);
      if (distance > 0) continue;
      if (distance < 0 || (given !== undefined && given <= other))
        throw contradiction(object, objects[sooner]!, given, other);
      wave = Math.max(wave, other + 1);
    }
    waves[at] = wave;
    return wave;
  };
  return objects.map((object, at) => {
    const wave = visit(at, []);
    return wave === (givenWave(object) ?? 0) ? object.manifest : withWave(object.manifest, wave);
  });
}

function givenWave(object: SynthesizedObject): number | undefined {
  const text = annotationOf(object.manifest, syncWave);
  if (text === undefined) return undefined;
  const wave = Number(text);
  if (/^[+-]?\d+$/.test(text) && Math.abs(wave) <= 0x7fffffff) return wave;
  throw new ArgosyError({
    code: 'invalid-sync-wave',
    where: whereOf(object),
    what: `the annotation ${syncWave} is ${shown(text)}`,
    why: 'Argo CD reads anything but a whole number as wave 0',
    fix: 'write a whole number, such as "-1" or "5"',
  });
}

function phaseOf(manifest: Manifest): number {
  const types = annotationOf(manifest, hook)
    ?.split(',')
    .map((type) => type.trim());
  const found = types?.map((type) => phases.indexOf(type)).filter((phase) => phase >= 0);
  return found?.length ? Math.max(...found) : phases.indexOf('Sync');
}

function withWave(manifest: Manifest, wave: number): Manifest {
  const annotations = { ...manifest.metadata.annotations, [syncWave]: String(wave) };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

function whereOf({ construct, manifest, origin }: SynthesizedObject) {
  return {
    construct,
    object: formatIdentity(identityOf(manifest)),
    ...(origin && { location: formatLocation(origin) }),
  };
}

function cycleError(objects: readonly SynthesizedObject[], cycle: readonly number[]): ArgosyError {
  return new ArgosyError({
    code: 'dependency-cycle',
    where: whereOf(objects[cycle[0]!]!),
    what: `the dependencies go in a circle: ${cycle.map((at) => objects[at]!.construct).join(' → ')}`,
    why: 'nothing in a circle can come first',
    fix: 'remove one of these addDependency calls',
  });
}

function contradiction(
  later: SynthesizedObject,
  sooner: SynthesizedObject,
  given: number | undefined,
  other: number,
): ArgosyError {
  const name = formatIdentity(identityOf(sooner.manifest));
  return new ArgosyError({
    code: 'invalid-sync-wave',
    where: whereOf(later),
    what:
      given === undefined
        ? `it depends on ${name}, a hook of a later phase`
        : `it has sync wave ${given} but depends on ${name} of wave ${other}`,
    why: 'a dependency comes in an earlier phase or a lower wave',
    fix: given === undefined ? 'remove the dependency' : `remove the sync wave, or raise it to ${other + 1}`,
  });
}
