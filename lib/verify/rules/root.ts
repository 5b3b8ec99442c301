import { groupOf } from '../../kube';
import type { Rule } from '../finding';

const kinds = ['Application', 'ApplicationSet', 'AppProject'];

/** What stands directly below a cluster and is not Argo CD's own: the root's project permits no other kind. */
export const root: Rule = (cluster) =>
  cluster.root.objects
    .filter(({ manifest }) => groupOf(manifest.apiVersion) !== 'argoproj.io' || !kinds.includes(manifest.kind))
    .map((object) => ({
      unit: cluster.root,
      object,
      code: 'project-denies' as const,
      severity: 'error' as const,
      what: `the root's project does not permit the kind ${object.manifest.kind}`,
      why: `directly below a cluster stand ${kinds.join(', ')}; one object of another kind and Argo CD refuses the whole sync`,
      fix: 'make it inside an Application',
    }));
