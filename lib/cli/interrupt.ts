/** Ends work on SIGINT, SIGTERM or SIGHUP: the signal aborts once, and a second one ends the process. */
export function onInterrupt(): {
  readonly signal: AbortSignal;
  readonly interrupted: Promise<NodeJS.Signals>;
  dispose(): void;
} {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let heard: (name: NodeJS.Signals) => void = () => undefined;
  const interrupted = new Promise<NodeJS.Signals>((resolve) => (heard = resolve));
  const listener = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(130);
    heard(name);
    controller.abort(new Error(`interrupted by ${name}`));
  };
  for (const name of names) process.on(name, listener);
  const dispose = (): void => names.forEach((name) => void process.off(name, listener));
  return { signal: controller.signal, interrupted, dispose };
}
