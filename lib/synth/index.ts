/**
 * synth: the construct tree to plain manifests with provenance. Knows cdk8s and `kube`; does not
 * know Argo CD, files or Git. Its law: the same tree gives the same manifests in the same order.
 */
export { callerLocation, firstForeignFrame, originOf, recordOrigin } from './origin';
export { markRepresentative, markUnit, synthesizeTree, whereIs, type SynthesizedObject, type Unit } from './tree';
