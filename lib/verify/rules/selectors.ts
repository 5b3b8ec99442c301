import { groupOf, type Manifest } from '../../kube';
import { destinationsOf, namespaceOf } from '../applications';
import { listOf } from '../fields';
import type { Rule, RuleFinding, VerifiableObject, VerifiableUnit } from '../finding';
import { isEmptySelector, matchesLabels, selectorOf, templateLabelsOf, type Labels, type Selector } from '../selector';

/** A pod that some object makes. */
interface Pods {
  readonly unit: VerifiableUnit;
  readonly labels: Labels;
}

/** The pods of one namespace, found by one of their labels. */
interface Namespace {
  readonly all: Pods[];
  readonly byLabel: Map<string, Pods[]>;
}

/**
 * A selector of one application that takes in the pods of another: a Service would route to them,
 * a PodDisruptionBudget or a workload would count them. One finding for each selector, which names
 * the first of the others. A Service or budget without pods of its own may stand apart from them
 * on purpose, so that is a warning.
 */
export const selectors: Rule = (cluster) => {
  const destinations = destinationsOf(cluster);
  const namespaces = new Map<string, Namespace>();
  const placeOf = (unit: VerifiableUnit, manifest: Manifest): string => {
    const destination = destinations.get(unit);
    return `${destination?.server || destination?.name || ''} ${namespaceOf(manifest, destination)}`;
  };
  for (const unit of cluster.applications) {
    for (const { manifest } of unit.objects) {
      const labels = templateLabelsOf(manifest);
      if (labels) add(namespaces, placeOf(unit, manifest), { unit, labels });
    }
  }
  return cluster.applications.flatMap((unit) =>
    unit.objects.flatMap((object) => {
      const selector = selectorOf(object.manifest);
      const namespace = selector && namespaces.get(placeOf(unit, object.manifest));
      if (!namespace) return [];
      const matching = (pods: Pods): boolean => matchesLabels(selector, pods.labels);
      const other = candidatesOf(namespace, selector).find((pods) => pods.unit !== unit && matching(pods));
      if (!other) return [];
      const place = placeOf(unit, object.manifest);
      const own = unit.objects.some(({ manifest }) => {
        const labels = templateLabelsOf(manifest);
        return labels !== undefined && placeOf(unit, manifest) === place && matching({ unit, labels });
      });
      return [found(unit, object, other.unit, own, isEmptySelector(selector))];
    }),
  );
};

function add(namespaces: Map<string, Namespace>, place: string, pods: Pods): void {
  const namespace = namespaces.get(place) ?? { all: [], byLabel: new Map<string, Pods[]>() };
  namespaces.set(place, namespace);
  namespace.all.push(pods);
  for (const [name, value] of Object.entries(pods.labels)) {
    const key = `${name}=${String(value)}`;
    const list = namespace.byLabel.get(key);
    if (list) list.push(pods);
    else namespace.byLabel.set(key, [pods]);
  }
}

/** The pods that have the rarest of the labels a selector asks for: all others match not. */
function candidatesOf({ all, byLabel }: Namespace, { matchLabels, matchExpressions }: Selector): readonly Pods[] {
  const having = (name: unknown, value: unknown): readonly Pods[] =>
    byLabel.get(`${String(name)}=${String(value)}`) ?? [];
  return [
    ...Object.entries(matchLabels).map(([name, value]) => having(name, value)),
    ...matchExpressions
      .filter(({ operator, values }) => operator === 'In' && listOf(values).length === 1)
      .map(({ key, values }) => having(key, listOf(values)[0])),
  ].reduce((fewest, list) => (list.length < fewest.length ? list : fewest), all);
}

function found(
  unit: VerifiableUnit,
  object: VerifiableObject,
  other: VerifiableUnit,
  own: boolean,
  every: boolean,
): RuleFinding {
  const { apiVersion, kind } = object.manifest;
  const service = kind === 'Service' && groupOf(apiVersion) === '';
  return {
    unit,
    object,
    code: 'shared-selector',
    severity: own ? 'error' : 'warning',
    what: `its selector${every ? ', which is empty,' : ''} ${own ? 'also matches' : 'matches only'} pods of ${other.folder}`,
    why: `it would ${service ? 'route to' : 'count'} pods of another application in the same namespace`,
    fix: own
      ? 'select by a label that only its own pods have, such as app.kubernetes.io/name and app.kubernetes.io/instance'
      : 'move it beside the pods, or correct the selector',
  };
}
