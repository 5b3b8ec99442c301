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
  'unsupported-platform': 'A platform that the programs of the embedded default do not run on.',
  'part-refused': 'A variable that names a program which is missing, not executable or not of the pinned version.',
  'parts-unavailable': 'Programs of the embedded default that could be neither found, downloaded nor built.',
  'download-failed': 'A release that did not arrive whole, over HTTPS and with its published checksum.',
  'build-failed': 'A go build of the embedded default that gave no programs.',
  'cache-unusable': 'A cache folder that cannot be read, written, or kept from other users.',
  'unknown-hook': 'A hook type that Argo CD does not know, so that it drops the object.',
  'unknown-sync-option': 'A sync option that Argo CD does not know, so that it ignores it.',
  'shared-object': 'An object that two applications hold.',
  'project-denies': 'An object or application that its AppProject does not permit.',
  'no-project': 'No package.json that says where the fleet is declared.',
  'program-error': 'The program that declares the fleet is missing, does not parse or throws.',
  'state-in-use': 'A state folder whose cluster another argosy runs.',
  'state-unusable': 'A state folder that cannot be read or written.',
  'part-died': 'A program of the local run that ended by itself.',
  'part-not-ready': 'A program of the local run that runs but does not serve in time.',
  'port-taken': 'A port that other programs took each time before a part could bind it.',
  'api-refused': 'A request that the local API server refused.',
  'invalid-usage': 'A command, an option or a value of an option that argosy does not know.',
  unexpected: 'A failure that Argosy has no name for.',
  'git-failed': 'A Git command that failed, or no Git at all.',
  'bootstrap-failed': 'A bootstrap program that did not finish.',
  'invalid-configuration':
    'A key of the stack configuration that is missing, unknown, not allowed, or readable where it must be a secret.',
  'unknown-stack': 'A stack that is named like no cluster of the fleet.',
  'no-operator': 'A cluster that declares no Argo CD, so that there is nothing to bootstrap.',
  'invalid-crds': 'CustomResourceDefinitions of Argo CD that are missing, or that are something else.',
  'invalid-chart': 'A chart folder that is missing, or that holds another chart or version than the fleet declares.',
  'unknown-cluster': 'A cluster that the fleet does not declare, or that declares no Argo CD.',
  'not-settled': 'Applications that did not become Synced and Healthy in time.',
  'not-running': 'No cluster runs in the state folder.',
  'output-in-use': 'Another run writes to the same folder of manifests.',
} as const;

/** The code of an error or finding, a key of {@link codes}. */
export type Code = keyof typeof codes;
