import { groupOf, type Manifest } from '../kube';
import { listOf, mapOf } from './fields';

export type Labels = Readonly<Record<string, unknown>>;

/** A label selector. Source: apimachinery `LabelSelector`. */
export interface Selector {
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly Readonly<Record<string, unknown>>[];
}

const workloads = new Set(['apps/DaemonSet', 'apps/Deployment', 'apps/ReplicaSet', 'apps/StatefulSet']);
const templates = new Set([...workloads, 'batch/Job', '/ReplicationController']);

/**
 * The pods an object selects: a Service, a PodDisruptionBudget or a workload. Undefined for any
 * other, and for one that selects nothing: a Service without or with an empty selector has
 * endpoints made by somebody else; an empty selector of a budget is every pod (policy/v1).
 */
export function selectorOf(manifest: Manifest): Selector | undefined {
  const { selector } = mapOf(manifest['spec']);
  const kind = keyOf(manifest);
  if (selector == null) return undefined;
  if (kind === '/Service') {
    return Object.keys(mapOf(selector)).length > 0 ? { matchLabels: mapOf(selector), matchExpressions: [] } : undefined;
  }
  if (kind !== 'policy/PodDisruptionBudget' && !workloads.has(kind)) return undefined;
  const { matchLabels, matchExpressions } = mapOf(selector);
  return { matchLabels: mapOf(matchLabels), matchExpressions: listOf(matchExpressions).map(mapOf) };
}

/** The labels of the pods that an object makes, or undefined for one that makes none. */
export function templateLabelsOf(manifest: Manifest): Labels | undefined {
  const spec = mapOf(manifest['spec']);
  const kind = keyOf(manifest);
  if (kind === '/Pod') return manifest.metadata.labels ?? {};
  const template =
    kind === 'batch/CronJob'
      ? mapOf(mapOf(spec['jobTemplate'])['spec'])['template']
      : templates.has(kind) && spec['template'];
  return template ? mapOf(mapOf(mapOf(template)['metadata'])['labels']) : undefined;
}

/**
 * Whether labels match a selector. An operator that Kubernetes does not have matches nothing: the
 * API server refuses it. Source: apimachinery pkg/labels `Requirement.Matches`.
 */
export function matchesLabels({ matchLabels, matchExpressions }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([name, value]) => Object.hasOwn(labels, name) && labels[name] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      const present = Object.hasOwn(labels, String(key));
      const listed = present && listOf(values).includes(labels[String(key)]);
      switch (operator) {
        case 'In':
          return listed;
        case 'NotIn':
          return !listed;
        case 'Exists':
          return present;
        case 'DoesNotExist':
          return !present;
        default:
          return false;
      }
    })
  );
}

export function isEmptySelector({ matchLabels, matchExpressions }: Selector): boolean {
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
}

function keyOf({ apiVersion, kind }: Manifest): string {
  return `${groupOf(apiVersion)}/${kind}`;
}
