import { annotationOf, shown } from '../../kube';
import type { Rule } from '../finding';

/** Source: gitops-engine/pkg/sync/common/types.go. */
const known = new Set([
  'ClientSideApplyMigration=false',
  'Delete=confirm',
  'Delete=false',
  'Force=true',
  'Prune=confirm',
  'Prune=false',
  'PruneLast=true',
  'Replace=true',
  'ServerSideApply=false',
  'ServerSideApply=true',
  'SkipDryRunOnMissingResource=true',
  'Validate=false',
]);

/** A sync option that Argo CD does not know is ignored without a word. */
export const syncOptions: Rule = (cluster) =>
  cluster.applications.flatMap((unit) =>
    unit.objects.flatMap((object) =>
      (annotationOf(object.manifest, 'argocd.argoproj.io/sync-options') ?? '')
        .split(',')
        .map((option) => option.trim())
        .filter((option) => option !== '' && !known.has(option))
        .map((option) => ({
          unit,
          object,
          code: 'unknown-sync-option' as const,
          severity: 'error' as const,
          what: `its sync option is ${shown(option)}`,
          why: `Argo CD ignores an option it does not know; on an object it knows ${[...known].join(', ')}`,
          fix: 'correct the spelling, case included',
        })),
    ),
  );
