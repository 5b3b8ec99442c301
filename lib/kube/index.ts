/**
 * kube: the vocabulary. Knows what a Kubernetes object is, how it is named and written, and how
 * an error is told. Does not know cdk8s, Argo CD or where objects come from.
 * Its law: parsing what it writes gives the same object back.
 */
export { checkList, checkMap, checkText, checkWhole, invalidProperty } from './check';
export { codes, type Code } from './codes';
export { ArgosyError, formatReport, shown, type ErrorReport, type Where } from './error';
export { formatLocation, type Location } from './location';
export {
  annotationOf,
  formatIdentity,
  groupOf,
  identityOf,
  type Identity,
  type Manifest,
  type ManifestMetadata,
} from './manifest';
export { checkImage, checkLabel } from './names';
export { isBuiltIn, isClusterScoped } from './scope';
export { checkRepositoryUrl } from './url';
export { toYaml } from './yaml';
