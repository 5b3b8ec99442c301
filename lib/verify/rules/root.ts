import { groupOf, shown } from '../../kube';
import { rootName } from '../../render';
import { destinationsOf, namespaceOf, unitsOf } from '../applications';
import type { Rule, RuleFinding, VerifiableCluster, VerifiableObject, VerifiableUnit } from '../finding';

const kinds = ['Application', 'ApplicationSet', 'AppProject'];

/**
 * What would break the root, or out of it. Its project, made by the bootstrap, permits Argo CD's
 * own kinds in Argo CD's namespace alone. And whatever has the root's name replaces the root
 * Application or widens its project, wherever in Git it stands.
 */
export const root: Rule = (cluster) => {
  const destinations = destinationsOf(cluster);
  return unitsOf(cluster).flatMap((unit) =>
    unit.objects.flatMap((object) => {
      const namespace = namespaceOf(object.manifest, destinations.get(unit));
      return [
        ...(hasNameOfRoot(cluster, object, namespace) ? [reserved(unit, object)] : []),
        ...(unit === cluster.root ? outside(cluster, object, namespace) : []),
      ];
    }),
  );
};

function hasNameOfRoot(
  { name, argocdNamespace }: VerifiableCluster,
  object: VerifiableObject,
  namespace: string,
): boolean {
  const { apiVersion, kind, metadata } = object.manifest;
  return (
    metadata.name === rootName(name) &&
    groupOf(apiVersion) === 'argoproj.io' &&
    (kind === 'Application' || kind === 'AppProject') &&
    (argocdNamespace === undefined || namespace === argocdNamespace)
  );
}

function reserved(unit: VerifiableUnit, object: VerifiableObject): RuleFinding {
  const application = object.manifest.kind === 'Application';
  return {
    unit,
    object,
    code: 'invalid-name',
    severity: 'error',
    what: `it has the name of the root, ${shown(object.manifest.metadata.name)}`,
    why: application
      ? 'a merge would replace the root Application, which the bootstrap makes'
      : "a merge would widen the root's project, which the bootstrap makes",
    fix: 'choose another name',
  };
}

function outside(cluster: VerifiableCluster, object: VerifiableObject, namespace: string): RuleFinding[] {
  const { apiVersion, kind } = object.manifest;
  const { argocdNamespace } = cluster;
  const finding = { unit: cluster.root, object, code: 'project-denies', severity: 'error' } as const;
  if (groupOf(apiVersion) !== 'argoproj.io' || !kinds.includes(kind)) {
    const what = `the root's project does not permit the kind ${kind}`;
    const why = `directly below a cluster stand ${kinds.join(', ')}; one object of another kind and Argo CD refuses the whole sync`;
    return [{ ...finding, what, why, fix: 'make it inside an Application' }];
  }
  if (argocdNamespace === undefined || namespace === argocdNamespace) return [];
  const what = `the root's project does not permit the namespace ${shown(namespace)}`;
  const why = `directly below a cluster everything stands in ${shown(argocdNamespace)}, the namespace of Argo CD; one object elsewhere and it refuses the whole sync`;
  return [{ ...finding, what, why, fix: 'remove its namespace' }];
}
