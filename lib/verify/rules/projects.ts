import { groupOf, isClusterScoped, shown, type Manifest } from '../../kube';
import type { Rule, VerifiableCluster, VerifiableObject, VerifiableUnit } from '../finding';

interface Pattern {
  readonly group: string;
  readonly kind: string;
  readonly name?: string;
}

interface ProjectSpec {
  readonly destinations?: readonly { readonly server?: string; readonly namespace?: string }[];
  readonly clusterResourceWhitelist?: readonly Pattern[];
  readonly namespaceResourceWhitelist?: readonly Pattern[];
  readonly namespaceResourceBlacklist?: readonly Pattern[];
}

interface ApplicationSpec {
  readonly project: string;
  readonly source?: { readonly path?: string };
  readonly destination: { readonly server?: string; readonly namespace?: string };
}

/**
 * What the project of an application does not permit: Argo CD refuses the whole sync for one
 * such object. Knows patterns with `*` alone; the namespaces and servers of destinations likewise.
 *
 * Mirrors `IsGroupKindNamePermitted` and `IsDestinationPermitted` in
 * pkg/apis/application/v1alpha1/app_project_types.go.
 */
export const projects: Rule = (cluster) =>
  applicationsOf(cluster).flatMap(({ application, spec, unit }) => {
    const project = findProject(cluster, spec.project);
    if (!project) {
      return [
        {
          unit: cluster.root,
          object: application,
          code: 'project-denies' as const,
          severity: 'error' as const,
          what: `it names the project ${shown(spec.project)}, which is not in ${cluster.root.folder}`,
          why: 'Argo CD refuses an application whose project does not exist',
          fix: 'declare the AppProject on this cluster',
        },
      ];
    }
    return (unit?.objects ?? []).flatMap((object) => {
      const reason = denial(project, spec, object.manifest);
      if (!reason || !unit) return [];
      return [
        {
          unit,
          object,
          code: 'project-denies' as const,
          severity: 'error' as const,
          what: `the project ${shown(spec.project)} does not permit ${reason}`,
          why: 'Argo CD refuses the whole sync of an application for one object its project does not permit',
          fix: 'permit it in the AppProject, or move the object to an application of another project',
        },
      ];
    });
  });

function applicationsOf(
  cluster: VerifiableCluster,
): { application: VerifiableObject; spec: ApplicationSpec; unit: VerifiableUnit | undefined }[] {
  return cluster.root.objects
    .filter(({ manifest }) => manifest.kind === 'Application' && groupOf(manifest.apiVersion) === 'argoproj.io')
    .map((application) => {
      const spec = application.manifest['spec'] as ApplicationSpec;
      const unit = cluster.applications.find(({ folder }) => spec.source?.path?.endsWith(`/${folder}`));
      return { application, spec, unit };
    });
}

function findProject(cluster: VerifiableCluster, name: string): ProjectSpec | undefined {
  const found = cluster.root.objects.find(
    ({ manifest }) => manifest.kind === 'AppProject' && manifest.metadata.name === name,
  );
  return found?.manifest['spec'] as ProjectSpec | undefined;
}

function denial(project: ProjectSpec, application: ApplicationSpec, manifest: Manifest): string | undefined {
  const group = groupOf(manifest.apiVersion);
  const { kind, metadata } = manifest;
  const called = group ? `${group}/${kind}` : kind;
  const listed = (patterns: readonly Pattern[] | undefined): boolean =>
    (patterns ?? []).some(
      (pattern) =>
        matches(pattern.group, group) &&
        matches(pattern.kind, kind) &&
        (!pattern.name || matches(pattern.name, metadata.name)),
    );
  if (isClusterScoped(group, kind)) {
    return listed(project.clusterResourceWhitelist) ? undefined : `the cluster-scoped kind ${called}`;
  }
  if (project.namespaceResourceWhitelist && !listed(project.namespaceResourceWhitelist)) return `the kind ${called}`;
  if (listed(project.namespaceResourceBlacklist)) return `the kind ${called}`;
  const namespace = metadata.namespace ?? application.destination.namespace ?? '';
  const permitted = (project.destinations ?? []).some(
    (destination) =>
      matches(destination.namespace ?? '', namespace) &&
      matches(destination.server ?? '', application.destination.server ?? ''),
  );
  return permitted ? undefined : `the namespace ${shown(namespace)} of ${application.destination.server}`;
}

function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  const last = rest.pop()!;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
