import { annotationOf, shown } from '../../kube';
import { entriesOf, helmHookAnnotation, helmTypeOf, hookAnnotation, hooksOf, hookTypes, isHookType } from '../../sync';
import { unitsOf } from '../applications';
import type { Rule, RuleFinding, VerifiableObject, VerifiableUnit } from '../finding';

/**
 * Hook types that Argo CD does not know. Where all are, it drops the object: neither applied nor
 * tracked. Beside a valid one, the entry alone is ignored.
 */
export const hooks: Rule = (cluster) =>
  unitsOf(cluster).flatMap((unit) => unit.objects.flatMap((object) => unknownHooks(unit, object)));

function unknownHooks(unit: VerifiableUnit, object: VerifiableObject): RuleFinding[] {
  const types = hooksOf(object.manifest);
  if (types === undefined) return [];
  const argo = entriesOf(object.manifest, hookAnnotation);
  const helm = entriesOf(object.manifest, helmHookAnnotation);
  const unknown = argo.filter((entry) => !isHookType(entry));
  // Helm's entries are not read where Argo CD's name a hook.
  if (!argo.some(isHookType)) unknown.push(...helm.filter((entry) => helmTypeOf(entry) === undefined));
  if (types.length > 0) return unknown.map((entry) => ignored(unit, object, entry));
  const empty = annotationOf(object.manifest, hookAnnotation) ?? annotationOf(object.manifest, helmHookAnnotation);
  return (unknown.length > 0 ? unknown : [empty]).map((entry) => ({
    unit,
    object,
    code: 'unknown-hook',
    severity: 'error',
    what: `its hook is ${shown(entry)}`,
    why: `Argo CD silently drops an object whose hook it does not know; it knows ${hookTypes.join(', ')}`,
    fix: 'correct the spelling, case included',
  }));
}

function ignored(unit: VerifiableUnit, object: VerifiableObject, entry: string): RuleFinding {
  return {
    unit,
    object,
    code: 'unknown-hook',
    severity: 'warning',
    what: `one of its hooks is ${shown(entry)}`,
    why: `Argo CD ignores a hook it does not know beside one it knows; it knows ${hookTypes.join(', ')}`,
    fix: 'correct the spelling, case included, or remove it',
  };
}
