/**
 * verify: rules over the whole fleet. Knows what Argo CD refuses, drops or fights over; does not
 * know constructs, files or clusters that run.
 * Its law: the same manifests give the same findings, all of them, in the same order.
 */
export type { Finding, VerifiableCluster, VerifiableObject, VerifiableUnit } from './finding';
export { verify } from './verify';
