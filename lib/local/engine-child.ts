import { ArgosyError, formatIdentity, identityOf, type ErrorReport, type Manifest } from '../kube';
import { settingsManifests } from '../operator';
import { Api } from './api';
import { Objects } from './objects';
import { until } from './poll';

/** What the program is run with. It comes over IPC, for it holds secrets. */
export interface EngineRequest {
  /** The Pulumi program's entry module. */
  readonly program: string;
  readonly stack: string;
  readonly configuration: Readonly<Record<string, string>>;
  /** Keys of the configuration that are secret. */
  readonly secrets: readonly string[];
}

/** Where its resources are applied. It may come while the program already runs. */
export interface EngineConnection {
  readonly server: string;
  readonly token: string;
  readonly caFile: string;
}

export type EngineAnswer =
  | { readonly applied: { readonly type: string; readonly name: string } }
  | { readonly done: true }
  | { readonly failed: readonly ErrorReport[] };

/** Marks a secret among deserialized properties. Source: @pulumi/pulumi sdk/nodejs/runtime/rpc.ts. */
const specialSignature = '4dabf18193072939515e22adb298388d';
const releaseType = 'kubernetes:helm.sh/v3:Release';

/**
 * Runs the very program that Pulumi runs, in this process, against the SDK's in-memory engine
 * whose every new resource is applied to the API server before it resolves: what depends on it is
 * registered only then. A Helm release becomes what its chart would make of the values that set
 * Argo CD's settings, since the chart's pods are the local processes.
 */
async function main(): Promise<void> {
  const requested = received<EngineRequest>((message) => 'program' in message);
  const connected = received<EngineConnection>((message) => 'server' in message);
  const pulumi = await import('@pulumi/pulumi');
  const request = await requested;
  const connection = connected.then(({ server, token, caFile }) => new Objects(new Api(server, token, caFile)));
  pulumi.runtime.setAllConfig({ ...request.configuration }, [...request.secrets]);
  await pulumi.runtime.setMocks(
    {
      call: ({ inputs }) => inputs as Record<string, unknown>,
      newResource: async ({ type, name, inputs, custom }) => {
        const plain = withoutSecretMarks(inputs) as Record<string, unknown>;
        const manifests = custom === false ? [] : manifestsOf(type, plain);
        const objects = await connection;
        for (const manifest of manifests) {
          await objects.apply(manifest);
          if (manifest.kind === 'CustomResourceDefinition') await established(objects, manifest);
        }
        if (manifests.length > 0) answer({ applied: { type, name } });
        return { id: identifierOf(plain) ?? name, state: plain };
      },
    },
    'argosy',
    request.stack,
    false,
  );
  await pulumi.runtime.runInPulumiStack(async () => {
    const exported = require(request.program) as unknown;
    return typeof exported === 'function' ? (exported as () => unknown)() : exported;
  });
  await pulumi.runtime.disconnect();
  answer({ done: true });
}

/** Waits until the API server serves the kind that a CRD defines, as Pulumi's provider does. */
async function established(objects: Objects, crd: Manifest): Promise<void> {
  const { group, names, versions } = crd['spec'] as CrdSpec;
  const served = await until(() => objects.serves(`${group}/${versions[0]!.name}`, names.kind), { deadline: 30_000 });
  if (served) return;
  throw new ArgosyError({
    code: 'bootstrap-failed',
    where: { object: formatIdentity(identityOf(crd)) },
    what: `the API server did not begin to serve ${names.kind} within 30 s`,
    why: 'the next stage makes objects of this kind',
    fix: "look at the CRD's status and at the log of kube-apiserver in the state folder",
  });
}

interface CrdSpec {
  readonly group: string;
  readonly names: { readonly kind: string };
  readonly versions: readonly { readonly name: string }[];
}

/** The objects that a registered resource is on the cluster. */
export function manifestsOf(type: string, inputs: Readonly<Record<string, unknown>>): Manifest[] {
  if (type === releaseType) {
    const namespace = String(inputs['namespace']);
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'argocd-secret', namespace }, type: 'Opaque' };
    return [...settingsManifests({ namespace, values: (inputs['values'] ?? {}) as Record<string, unknown> }), secret];
  }
  return type.startsWith('kubernetes:') ? [inputs as unknown as Manifest] : [];
}

/** A value without the marks of secrets: what the provider would be handed. */
export function withoutSecretMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecretMarks);
  if (typeof value !== 'object' || value === null) return value;
  if (specialSignature in value) return withoutSecretMarks((value as { value?: unknown }).value);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutSecretMarks(each)]));
}

function identifierOf(inputs: Readonly<Record<string, unknown>>): string | undefined {
  const metadata = inputs['metadata'] as { name?: string; namespace?: string } | undefined;
  if (metadata?.name === undefined) return undefined;
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

function received<T extends object>(is: (message: object) => boolean): Promise<T> {
  return new Promise((resolve) => process.on('message', (message: object) => is(message) && resolve(message as T)));
}

function answer(message: EngineAnswer): void {
  process.send?.(message);
}

function fail(error: unknown): void {
  const errors = error instanceof AggregateError ? error.errors : [error];
  const reports = errors.map((each: unknown): ErrorReport => {
    if (each instanceof ArgosyError || (each as Error)?.name === 'ArgosyError') return (each as ArgosyError).report;
    return {
      code: 'bootstrap-failed',
      what: each instanceof Error ? each.message : String(each),
      why: 'the bootstrap program did not finish',
      fix: 'correct the program or its configuration',
    };
  });
  process.send?.({ failed: reports.map(({ cause: _, ...report }) => report) } satisfies EngineAnswer, () =>
    process.exit(1),
  );
}

if (process.send) {
  process.on('unhandledRejection', fail);
  process.on('uncaughtException', fail);
  process.on('disconnect', () => process.exit(1));
  void main().then(() => process.exit(0), fail);
}
