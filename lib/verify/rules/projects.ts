import { groupOf, shown, type Manifest } from '../../kube';
import { deploymentsOf, namespaceOf, scopesOf, type Deployment, type Destination } from '../applications';
import { mapOf } from '../fields';
import type { Rule, RuleFinding, VerifiableCluster } from '../finding';
import { isUndecided, permitsDestination, permitsKind, permitsSource, type ProjectSpec } from '../project';

/**
 * What the project of an application does not permit: its sources, its destination, and each of
 * its objects. Hooks of every type are objects too. A custom resource whose CRD is not in the
 * fleet is refused only if it is so with and without a namespace.
 *
 * Mirrors `ValidatePermissions` in util/argo/argo.go and `validateSyncPermissions` in controller/sync.go.
 */
export const projects: Rule = (cluster) => {
  const specs = projectsOf(cluster);
  const scopeOf = scopesOf(cluster);
  return deploymentsOf(cluster).flatMap((deployment) => {
    const project = specs.get(deployment.project);
    // Argo CD makes `default` itself, and lets it permit everything.
    if (!project) return deployment.project === 'default' ? [] : [missing(cluster, deployment)];
    return [...refusedApplication(cluster, deployment, project), ...refusedObjects(deployment, project, scopeOf)];
  });
};

function projectsOf(cluster: VerifiableCluster): ReadonlyMap<string, ProjectSpec> {
  return new Map(
    cluster.root.objects
      .filter(({ manifest }) => manifest.kind === 'AppProject' && groupOf(manifest.apiVersion) === 'argoproj.io')
      .map(({ manifest }) => [manifest.metadata.name, mapOf(manifest['spec'])]),
  );
}

function missing(cluster: VerifiableCluster, { application, project }: Deployment): RuleFinding {
  return {
    unit: cluster.root,
    object: application,
    code: 'project-denies',
    severity: 'error',
    what: `it names the project ${shown(project)}, which is not in ${cluster.root.folder}`,
    why: 'Argo CD refuses an application whose project does not exist',
    fix: 'declare the AppProject on this cluster',
  };
}

function refusedApplication(cluster: VerifiableCluster, deployment: Deployment, project: ProjectSpec): RuleFinding[] {
  const { application, sources, destination } = deployment;
  const urls = new Set(sources.map(({ repoURL }) => repoURL).filter((url) => !permitsSource(project, url)));
  const reasons = [...urls].map((url) => `its source ${shown(withoutCredentials(url))}`);
  if (!permits(project, destination)) reasons.push(`its destination, ${called(destination)}`);
  return reasons.map((reason) => ({
    unit: cluster.root,
    object: application,
    code: 'project-denies',
    severity: 'error',
    what: `the project ${shown(deployment.project)} does not permit ${reason}`,
    why: 'Argo CD neither compares nor syncs an application whose source or destination its project does not permit',
    fix: 'permit it in the AppProject, or correct the application',
  }));
}

function refusedObjects(
  { units, project: name, destination }: Deployment,
  project: ProjectSpec,
  scopeOf: ReturnType<typeof scopesOf>,
): RuleFinding[] {
  return units.flatMap((unit) =>
    unit.objects.flatMap((object) => {
      const reason = denial(object.manifest);
      if (!reason) return [];
      return [
        {
          unit,
          object,
          code: 'project-denies' as const,
          severity: 'error' as const,
          what: `the project ${shown(name)} does not permit ${reason}`,
          why: 'Argo CD refuses the whole sync of an application for one object its project does not permit',
          fix: 'permit it in the AppProject, or move the object to an application of another project',
        },
      ];
    }),
  );

  function denial(manifest: Manifest): string | undefined {
    const group = groupOf(manifest.apiVersion);
    const scope = scopeOf(group, manifest.kind);
    const asKind = (namespaced: boolean): boolean =>
      permitsKind(project, { group, kind: manifest.kind, name: manifest.metadata.name, namespaced });
    const kind = group ? `${group}/${manifest.kind}` : manifest.kind;
    if (scope !== 'namespace' && asKind(false)) return undefined;
    if (scope === 'cluster') return `the cluster-scoped kind ${kind}`;
    if (!asKind(true)) return `the kind ${kind}`;
    // The destination itself is told once, for the application.
    const namespace = namespaceOf(manifest, destination);
    const own = { ...destination, namespace };
    return namespace === destination.namespace || permits(project, own) ? undefined : called(own);
  }
}

function permits(project: ProjectSpec, destination: Destination): boolean {
  return permitsDestination(project, destination) || isUndecided(project, destination);
}

function called({ server, name, namespace }: Destination): string {
  return `the namespace ${shown(namespace)} of ${server || name || 'no single cluster'}`;
}

function withoutCredentials(url: string): string {
  return url
    .replace(/^([a-z+]+:\/\/)[^/]*@/i, '$1')
    .replace(/^[^/@]*:[^/@]*@/, '')
    .replace(/[?#][^]*$/, '');
}
