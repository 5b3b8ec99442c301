/**
 * Every error and finding Argosy can report, with what it means. Each row is documented in
 * `lib/docs/errors.md` and provoked by a test.
 */
export const codes = {
  'invalid-name': 'A name that Kubernetes or Argo CD would refuse.',
  'invalid-namespace': 'A namespace that is not an RFC 1123 label.',
  'invalid-image': 'A container image reference that no registry could serve.',
  'invalid-sync-wave': 'A sync wave that is not a whole number, or that contradicts a dependency.',
  'invalid-property': 'A property whose value is outside what is allowed.',
  'unwritable-value': 'A value that no manifest can hold.',
  'outside-of-cluster': 'An object that belongs to no application and no cluster.',
  'duplicate-object': 'Two constructs that would write the same object or the same file.',
  'invalid-object': 'An object without a name, a kind or an apiVersion, or one that cannot be resolved.',
  'construct-validation': 'A validation that a construct itself reported.',
  'unsafe-path': 'A path or link that could lead a write out of its folder.',
  'dependency-cycle': 'Dependencies that lead back to where they started.',
} as const;

/** The code of an error or finding, a key of {@link codes}. */
export type Code = keyof typeof codes;
