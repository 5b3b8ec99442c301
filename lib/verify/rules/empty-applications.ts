import { deploymentsOf } from '../applications';
import type { Rule } from '../finding';

/** An Application without a single object has no folder in Git, and Argo CD cannot compare it. */
export const emptyApplications: Rule = (cluster) =>
  deploymentsOf(cluster)
    .filter(({ sources, units }) => {
      const [unit] = units;
      return sources.length === 1 && sources[0]!.path !== '' && unit !== undefined && unit.objects.length === 0;
    })
    .map(({ application }) => ({
      unit: cluster.root,
      object: application,
      code: 'empty-application' as const,
      severity: 'error' as const,
      what: 'the application holds no object',
      why: 'Git keeps no empty folder, so Argo CD reports a ComparisonError: app path does not exist',
      fix: 'make an object inside it, give it a source, or remove it',
    }));
