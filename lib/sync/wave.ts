import { annotationOf, type Manifest } from '../kube';

export const waveAnnotation = 'argocd.argoproj.io/sync-wave';
export const hookWeightAnnotation = 'helm.sh/hook-weight';

/**
 * The wave of an object: 0 for none or one that does not parse, after Helm's hook weight.
 * Mirrors `Wave` in gitops-engine/pkg/sync/syncwaves/waves.go.
 */
export function waveOf(manifest: Manifest): number {
  for (const name of [waveAnnotation, hookWeightAnnotation]) {
    const wave = parseWave(annotationOf(manifest, name));
    if (wave !== undefined) return wave;
  }
  return 0;
}

/** A wave as Go's `strconv.Atoi` reads it: a sign, digits, 64 bits. Undefined for anything else. */
export function parseWave(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^[+-]?\d{1,400}$/.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return BigInt.asIntN(64, value) === value ? Number(value) : undefined;
}
