import { shown } from '../../kube';
import { entriesOf } from '../../sync';
import { unitsOf } from '../applications';
import type { Rule } from '../finding';

/** Sources: NewHookDeletePolicy in gitops-engine/pkg/sync/common/types.go, and hook/helm/delete_policy.go. */
const known: Readonly<Record<string, readonly string[]>> = {
  'argocd.argoproj.io/hook-delete-policy': ['HookSucceeded', 'HookFailed', 'BeforeHookCreation'],
  'helm.sh/hook-delete-policy': ['hook-succeeded', 'hook-failed', 'before-hook-creation'],
};

/**
 * Hook delete policies that Argo CD does not know. It takes the policies of both annotations
 * together, and BeforeHookCreation where none is valid. Mirrors `DeletePolicies` in
 * gitops-engine/pkg/sync/hook/delete_policy.go.
 */
export const hookDeletePolicies: Rule = (cluster) =>
  unitsOf(cluster).flatMap((unit) =>
    unit.objects.flatMap((object) => {
      const entries = Object.keys(known).flatMap((annotation) =>
        entriesOf(object.manifest, annotation).map((entry) => ({
          entry,
          allowed: known[annotation]!,
          valid: known[annotation]!.includes(entry),
        })),
      );
      const rest = entries.some(({ valid }) => valid);
      return entries
        .filter(({ valid }) => !valid)
        .map(({ entry, allowed }) => ({
          unit,
          object,
          code: 'unknown-hook-delete-policy' as const,
          severity: rest ? ('warning' as const) : ('error' as const),
          what: `its hook delete policy is ${shown(entry)}`,
          why: `Argo CD ignores it${rest ? '' : ' and deletes the hook before its next run alone'}; it knows ${allowed.join(', ')}`,
          fix: 'correct the spelling, case included',
        }));
    }),
  );
