import { ArgosyError, shown, type Where } from '../kube';

/** How Argo CD syncs by itself. */
export interface AutomatedSync {
  /** Whether what is no longer in Git is deleted. */
  readonly prune: boolean;
  /** Whether what was changed on the cluster is put back. */
  readonly selfHeal: boolean;
}

/**
 * Sync options of an Application. Argo CD silently ignores a misspelled one; here it does not
 * compile. Source: `pkg/apis/application/v1alpha1/types.go`, gitops-engine/pkg/sync/common.
 */
export type SyncOption =
  | 'ApplyOutOfSyncOnly=true'
  | 'ClientSideApplyMigration=false'
  | 'CreateNamespace=true'
  | 'Delete=confirm'
  | 'Delete=false'
  | 'FailOnSharedResource=true'
  | 'Prune=confirm'
  | 'Prune=false'
  | 'PruneLast=true'
  | `PrunePropagationPolicy=${'background' | 'foreground' | 'orphan'}`
  | 'Replace=true'
  | 'RespectIgnoreDifferences=true'
  | 'ServerSideApply=true'
  | 'SkipDryRunOnMissingResource=true'
  | 'Validate=false';

/** How often a failed sync is tried again. Durations are Go's, such as `5s` or `3m`. */
export interface SyncRetry {
  /** Tries after the first; negative for no end. */
  readonly limit: number;
  readonly backoff: { readonly duration: string; readonly factor: number; readonly maxDuration: string };
  /**
   * Whether a later try takes the newest commit, so that a merge mends a sync that keeps failing.
   * @default true - Argo CD would keep trying the commit that failed
   */
  readonly refresh?: boolean;
}

export interface SyncPolicyProps {
  /**
   * Automated sync, or false for a sync that people start.
   * @default { prune: true, selfHeal: true }
   */
  readonly automated?: false | AutomatedSync;
  /**
   * Sync options beside `ServerSideApply=true`, which is always on.
   * @default []
   */
  readonly syncOptions?: readonly SyncOption[];
  /**
   * Tries after a failed sync.
   * @default { limit: 5, backoff: { duration: '5s', factor: 2, maxDuration: '3m' }, refresh: true }
   */
  readonly retry?: SyncRetry;
}

const defaultRetry: SyncRetry = { limit: 5, backoff: { duration: '5s', factor: 2, maxDuration: '3m' } };

/**
 * `spec.syncPolicy` with every default said aloud.
 *
 * @throws ArgosyError `invalid-property` for a retry that Argo CD could not read
 */
export function syncPolicy(props: SyncPolicyProps, where: Where = {}): Readonly<Record<string, unknown>> {
  const automated = props.automated ?? { prune: true, selfHeal: true };
  const retry = { refresh: true, ...(props.retry ?? defaultRetry) };
  checkRetry(retry, where);
  return {
    ...(automated !== false && { automated }),
    syncOptions: ['ServerSideApply=true', ...(props.syncOptions ?? [])],
    retry,
  };
}

/** Source: `parseStringToDuration` and `RetryStrategy` in pkg/apis/application/v1alpha1/types.go. */
function checkRetry({ limit, backoff }: SyncRetry, where: Where): void {
  const duration = /^(?:\d+|(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+)$/;
  const problems = [
    !Number.isInteger(limit) && `retry.limit is ${shown(limit)}`,
    !(Number.isInteger(backoff.factor) && backoff.factor >= 1) && `retry.backoff.factor is ${shown(backoff.factor)}`,
    !duration.test(backoff.duration) && `retry.backoff.duration is ${shown(backoff.duration)}`,
    !duration.test(backoff.maxDuration) && `retry.backoff.maxDuration is ${shown(backoff.maxDuration)}`,
  ].filter((problem) => problem !== false);
  if (problems.length === 0) return;
  throw new ArgosyError({
    code: 'invalid-property',
    where,
    what: problems.join(', '),
    why: "limit and factor are whole numbers, factor at least 1; durations are Go's, such as 5s or 3m",
    fix: 'correct them, or leave retry out for the default',
  });
}
