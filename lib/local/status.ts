import type { Manifest } from '../kube';
import type { Objects } from './objects';

/** How one Application stands, as its Argo CD says it. */
export interface ApplicationState {
  readonly name: string;
  /** `Synced`, `OutOfSync` or `Unknown`. */
  readonly sync: string;
  /** `Healthy`, `Progressing`, `Degraded`, `Suspended`, `Missing` or `Unknown`. */
  readonly health: string;
  /** The commit that was compared, or the chart's version. */
  readonly revision: string;
  /** Why it is not Synced and Healthy. Empty when it is. */
  readonly reasons: readonly string[];
  /** Phase of the last sync, when there was one. */
  readonly operation?: string;
  /** Whether an ApplicationSet made it: Git does not name it. */
  readonly generated: boolean;
}

/** The part of an Application's status that is read here. Source: pkg/apis/application/v1alpha1/types.go. */
interface ApplicationStatus {
  readonly sync?: { readonly status?: string; readonly revision?: string };
  readonly health?: { readonly status?: string };
  readonly conditions?: readonly { readonly type: string; readonly message: string }[];
  readonly resources?: readonly {
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
    readonly status?: string;
    readonly health?: { readonly status?: string; readonly message?: string };
  }[];
  readonly operationState?: {
    readonly phase?: string;
    readonly message?: string;
    readonly syncResult?: {
      readonly resources?: readonly {
        readonly kind: string;
        readonly namespace?: string;
        readonly name: string;
        readonly status?: string;
        readonly hookPhase?: string;
        readonly message?: string;
      }[];
    };
  };
}

/** The state of every Application in one namespace or, without, in all, by name. */
export async function readStates(objects: Objects, namespace?: string): Promise<ApplicationState[]> {
  const applications = await objects.list('argoproj.io/v1alpha1', 'Application', namespace);
  return applications.map(stateOf).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether an application is what Git says, well, and through with its last sync, PostSync hooks included. */
export function isSettled({
  sync,
  health,
  operation,
}: Pick<ApplicationState, 'sync' | 'health' | 'operation'>): boolean {
  return sync === 'Synced' && health === 'Healthy' && (operation === undefined || operation === 'Succeeded');
}

/** The state that an Application's status tells. Pure. */
export function stateOf(application: Manifest): ApplicationState {
  const status = (application['status'] ?? {}) as ApplicationStatus;
  const sync = status.sync?.status ?? 'Unknown';
  const health = status.health?.status ?? 'Unknown';
  const operation = status.operationState?.phase;
  const state = {
    name: application.metadata.name,
    sync,
    health,
    revision: status.sync?.revision ?? '',
    ...(operation !== undefined && { operation }),
    generated: ownersOf(application).some(({ kind }) => kind === 'ApplicationSet'),
  };
  return { ...state, reasons: isSettled(state) ? [] : reasonsOf(status) };
}

function ownersOf({ metadata }: Manifest): readonly { readonly kind: string }[] {
  return (metadata['ownerReferences'] as readonly { readonly kind: string }[] | undefined) ?? [];
}

function reasonsOf(status: ApplicationStatus): string[] {
  const reasons = (status.conditions ?? []).map(({ type, message }) => `${type}: ${message}`);
  const operation = status.operationState;
  if (operation?.phase !== undefined && operation.phase !== 'Succeeded') {
    reasons.push(`sync ${operation.phase}: ${operation.message ?? ''}`);
    for (const result of operation.syncResult?.resources ?? []) {
      if (result.status === 'SyncFailed' || result.hookPhase === 'Failed' || result.hookPhase === 'Error') {
        reasons.push(`${nameOf(result)}: ${result.message ?? result.status ?? ''}`);
      }
    }
  }
  for (const resource of status.resources ?? []) {
    const { status: health, message } = resource.health ?? {};
    if (health !== undefined && health !== 'Healthy')
      reasons.push(`${nameOf(resource)} is ${health}${message ? `: ${message}` : ''}`);
    else if (resource.status === 'OutOfSync') reasons.push(`${nameOf(resource)} is OutOfSync`);
  }
  if (reasons.length === 0)
    reasons.push(status.sync ? 'Argo CD has not settled it yet' : 'Argo CD has not looked at it yet');
  return [...new Set(reasons)];
}

function nameOf({
  kind,
  namespace,
  name,
}: {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}): string {
  return `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
}
