import type { Code, Identity, Manifest } from '../kube';

/** Something Argo CD or Kubernetes will refuse, drop or fight over, known before the merge. */
export interface Finding {
  readonly code: Code;
  /** `error`: the merge will not do what it says. `warning`: it will, and you may regret it. */
  readonly severity: 'error' | 'warning';
  readonly cluster: string;
  /** Folder of the application, or `_root`. */
  readonly application: string;
  readonly object: Identity;
  /** Path of the construct that made the object. */
  readonly construct?: string;
  /** `file:line:column` of the call that made it. */
  readonly location?: string;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/** What the rules read: plain manifests by cluster and folder, whoever wrote them. */
export interface VerifiableCluster {
  readonly name: string;
  /**
   * Namespace of Argo CD.
   * @default - unknown, so that nothing is said about it
   */
  readonly argocdNamespace?: string;
  readonly root: VerifiableUnit;
  readonly applications: readonly VerifiableUnit[];
}

export interface VerifiableUnit {
  readonly folder: string;
  readonly objects: readonly VerifiableObject[];
}

export interface VerifiableObject {
  readonly manifest: Manifest;
  readonly construct?: string;
  readonly origin?: { readonly file: string; readonly line: number; readonly column: number };
}

/** A rule: every finding of one cluster. */
export type Rule = (cluster: VerifiableCluster) => RuleFinding[];

/** A finding as a rule makes it; the verifier adds where. */
export interface RuleFinding extends Pick<Finding, 'code' | 'severity' | 'what' | 'why' | 'fix'> {
  readonly unit: VerifiableUnit;
  readonly object: VerifiableObject;
}
