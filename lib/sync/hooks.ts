import { annotationOf, type Manifest } from '../kube';
import { entriesOf } from './annotations';

/** Phases in the order Argo CD runs them. */
export const syncPhases = ['PreSync', 'Sync', 'PostSync', 'SyncFail'] as const;
export type SyncPhase = (typeof syncPhases)[number];

/** Hook types an object may name. `Skip` keeps it out; the last two belong to deletion. */
export const hookTypes = [...syncPhases, 'Skip', 'PreDelete', 'PostDelete'] as const;
export type HookType = (typeof hookTypes)[number];

export const hookAnnotation = 'argocd.argoproj.io/hook';
export const helmHookAnnotation = 'helm.sh/hook';

/** Source: gitops-engine/pkg/sync/hook/helm/type.go, argo-cd controller/hook.go for the last two. */
const helmHooks: Readonly<Record<string, HookType>> = {
  'pre-install': 'PreSync',
  'pre-upgrade': 'PreSync',
  'post-install': 'PostSync',
  'post-upgrade': 'PostSync',
  'pre-delete': 'PreDelete',
  'post-delete': 'PostDelete',
};

/**
 * The hook types of an object: undefined for what is no hook and is applied as it is, empty for
 * one that Argo CD drops. Helm's `crd-install` is no hook. Helm's other sync hooks count where no
 * sync hook of Argo CD is named, the deletion hooks of both always.
 *
 * Mirrors `IsHook` and `Types` in gitops-engine/pkg/sync/hook/hook.go, `IsHook` in its
 * hook/helm/hook.go, and `isHookOfType` in argo-cd controller/hook.go.
 */
export function hooksOf(manifest: Manifest): HookType[] | undefined {
  const helm = annotationOf(manifest, helmHookAnnotation);
  if (annotationOf(manifest, hookAnnotation) === undefined && (helm === undefined || helm === 'crd-install')) {
    return undefined;
  }
  const named = entriesOf(manifest, hookAnnotation).filter(isHookType);
  const fromHelm = entriesOf(manifest, helmHookAnnotation).flatMap((entry) => helmTypeOf(entry) ?? []);
  const ofSync = named.filter((type) => !isOfDeletion(type));
  return [
    ...new Set([
      ...(ofSync.length > 0 ? ofSync : fromHelm.filter((type) => !isOfDeletion(type))),
      ...[...named, ...fromHelm].filter(isOfDeletion),
    ]),
  ];
}

/** The hook type of an entry of Helm's annotation, or undefined. */
export function helmTypeOf(entry: string): HookType | undefined {
  return Object.hasOwn(helmHooks, entry) ? helmHooks[entry] : undefined;
}

export function isHookType(entry: string): entry is HookType {
  return (hookTypes as readonly string[]).includes(entry);
}

function isOfDeletion(type: HookType): boolean {
  return type === 'PreDelete' || type === 'PostDelete';
}
