import { annotationOf, shown } from '../../kube';
import { hooksOf, hookTypes } from '../../sync';
import type { Rule } from '../finding';

/** An object whose hook types are all misspelled is dropped: neither applied nor tracked. */
export const hooks: Rule = (cluster) =>
  cluster.applications.flatMap((unit) =>
    unit.objects
      .filter(({ manifest }) => hooksOf(manifest)?.length === 0)
      .map((object) => ({
        unit,
        object,
        code: 'unknown-hook' as const,
        severity: 'error' as const,
        what: `its hook is ${shown(annotationOf(object.manifest, 'argocd.argoproj.io/hook') ?? annotationOf(object.manifest, 'helm.sh/hook'))}`,
        why: `Argo CD silently drops an object whose hook it does not know; it knows ${hookTypes.join(', ')}`,
        fix: 'correct the spelling, case included',
      })),
  );
