import type { ArgoCdProps } from '../lib';
import type { Environment } from './environments';

/** Argo CD's own settings, for the bootstrap and for the Argo CD that manages itself alike. */
export function operator({ hosts, highAvailability }: Environment): ArgoCdProps {
  return {
    domain: hosts.argocd,
    highAvailability,
    // People look; what changes, changes in Git.
    rbac: { defaultRole: 'role:readonly' },
  };
}
