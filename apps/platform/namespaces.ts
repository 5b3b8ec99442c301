import { k8s } from 'cdk8s-plus-28';
import { Application, type AppProject, type Cluster } from '../../lib';
import type { Environment } from '../environments';
import { addPolicies } from './policies';

export interface TeamNamespaceProps {
  readonly project: AppProject;
  readonly environment: Environment;
}

/** The shop team's namespace, with its rules in place before the first pod. */
export class TeamNamespace extends Application {
  constructor(scope: Cluster, id: string, { project, environment }: TeamNamespaceProps) {
    super(scope, id, { project, namespace: 'shop', cascade: false });

    new k8s.KubeNamespace(this, 'shop', {
      metadata: {
        name: 'shop',
        // It takes everything inside it along: no merge deletes it without a person's word.
        annotations: { 'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm' },
        labels: {
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/enforce-version': `v${scope.kubernetes}`,
        },
      },
    });
    addPolicies(this, environment.quota);
  }
}
