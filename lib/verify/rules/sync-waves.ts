import { annotationOf, shown } from '../../kube';
import { hookWeightAnnotation, parseWave, waveAnnotation, waveOf } from '../../sync';
import { unitsOf } from '../applications';
import type { Rule } from '../finding';

/**
 * A wave that is no whole number: Argo CD falls back to Helm's hook weight, else to wave 0, and
 * says nothing. A hook weight is read only where the wave is not.
 */
export const syncWaves: Rule = (cluster) =>
  unitsOf(cluster).flatMap((unit) =>
    unit.objects.flatMap((object) => {
      const { manifest } = object;
      const annotations =
        parseWave(annotationOf(manifest, waveAnnotation)) === undefined ? [waveAnnotation, hookWeightAnnotation] : [];
      return annotations
        .filter(
          (name) => annotationOf(manifest, name) !== undefined && parseWave(annotationOf(manifest, name)) === undefined,
        )
        .map((name) => ({
          unit,
          object,
          code: 'invalid-sync-wave' as const,
          severity: 'error' as const,
          what: `its ${name} is ${shown(annotationOf(manifest, name))}`,
          why: `a wave is a whole number, as text; Argo CD reads anything else as wave ${waveOf(manifest)}`,
          fix: "write it as '-1' or '2'",
        }));
    }),
  );
