import { groupOf, isBuiltIn, shown, type Manifest } from '../../kube';
import { unitsOf } from '../applications';
import type { Rule } from '../finding';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * Names that the API server refuses. Kinds of RBAC and custom resources may have any name that is
 * a segment of a path. Source: apimachinery/pkg/api/validation/name.go, `IsValidPathSegmentName`.
 */
export const names: Rule = (cluster) =>
  unitsOf(cluster).flatMap((unit) =>
    unit.objects.flatMap((object) =>
      problemsOf(object.manifest).map((problem) => ({
        unit,
        object,
        ...problem,
        severity: 'error' as const,
        fix: 'rename it where it is made',
      })),
    ),
  );

interface Problem {
  readonly code: 'invalid-name' | 'invalid-namespace';
  readonly what: string;
  readonly why: string;
}

function problemsOf({ apiVersion, metadata }: Manifest): Problem[] {
  const { namespace } = metadata;
  const name = metadata.name ?? metadata['generateName'] ?? '';
  const group = groupOf(apiVersion);
  const free = !isBuiltIn(group) || group === 'rbac.authorization.k8s.io';
  const named = free ? !/^$|[/%]|^\.{1,2}$/.test(name) : name.length <= 253 && subdomain.test(name);
  const placed = namespace === undefined || (namespace.length <= 63 && label.test(namespace));
  const problems: Problem[] = [];
  if (!named) problems.push({ code: 'invalid-name', what: `its name is ${shown(name)}`, why: nameRule(free) });
  if (!placed) {
    const what = `its namespace is ${shown(namespace)}`;
    problems.push({ code: 'invalid-namespace', what, why: 'a namespace is an RFC 1123 label' });
  }
  return problems;
}

function nameRule(free: boolean): string {
  return free
    ? 'a name is a segment of a path, without / or %'
    : 'a name is an RFC 1123 subdomain: a-z, 0-9, "-" and "."';
}
