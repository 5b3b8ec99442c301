import { ArgosyError } from '../lib/kube';

/**
 * Makes Pulumi print an error of ours by its five answers alone, where it would print the stack and every property.
 * Pulumi recognises its own `RunError` by this mark (@pulumi/pulumi errors.ts, `RunError.isInstance`); the error
 * stays what it is, for others to read its report. Any other error is left alone.
 */
export function toldWithoutStack(error: unknown): unknown {
  const ours =
    error instanceof ArgosyError ||
    (error instanceof AggregateError && error.errors.every((each) => each instanceof ArgosyError));
  return ours ? Object.assign(error, { __pulumiRunError: true }) : error;
}
