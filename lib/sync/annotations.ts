import { annotationOf, type Manifest } from '../kube';

/**
 * The entries of an annotation that holds a list: trimmed, without empty ones and repetitions.
 * Mirrors `GetAnnotationCSVs` in gitops-engine/pkg/sync/resource/annotations.go.
 */
export function entriesOf(manifest: Manifest, annotation: string): string[] {
  const entries = String(annotationOf(manifest, annotation) ?? '')
    .split(',')
    .map((entry) => entry.trim());
  return [...new Set(entries)].filter((entry) => entry !== '');
}
