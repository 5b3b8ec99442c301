/** A field as a map: empty for anything else, for a manifest may be written by hand. */
export function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** A field as a list: empty for anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A field as text: empty for anything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
