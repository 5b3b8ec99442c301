import * as pulumi from '@pulumi/pulumi';
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks.js';
import { bootstrap, type BuildFleet, type StackOutputs } from '../../infra/program';
import { buildFleet, canary, crdFolder } from './fixtures';

/** A registration as the engine received it. Secrets in `inputs` are in their envelope. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly custom: boolean;
  readonly parent: string;
  readonly dependencies: readonly string[];
  readonly provider: string;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  readonly inputs: Readonly<Record<string, any>>;
}

export interface StackRun {
  readonly registrations: readonly Registration[];
  /** `+name` when a resource is registered, `=name` when it stands. */
  readonly events: readonly string[];
  readonly outputs: StackOutputs;
  get(name: string): Registration;
}

export interface StackSettings {
  readonly stack?: string;
  readonly configuration?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly fleet?: BuildFleet;
  /** Turns of the event loop until a resource stands. */
  readonly turns?: (name: string) => number;
}

const record: { registrations: Registration[]; events: string[] } = { registrations: [], events: [] };

// What a resource depends on is in the request alone, which the mocks do not hand on.
const register = MockMonitor.prototype.registerResource;
MockMonitor.prototype.registerResource = async function (request, callback) {
  const name = request.getName() as string;
  record.events.push(`+${name}`);
  await register.call(this, request, (error: unknown, response: any) => {
    if (error) return callback(error, undefined);
    record.events.push(`=${name}`);
    record.registrations.push({
      type: request.getType(),
      name,
      urn: response.getUrn(),
      custom: request.getCustom(),
      parent: request.getParent(),
      dependencies: request.getDependenciesList(),
      provider: request.getProvider(),
      retainOnDelete: request.getRetainondelete() ?? false,
      ignoreChanges: request.getIgnorechangesList(),
      inputs: request.getObject().toJavaScript(),
    });
    callback(null, response);
  });
};

/** Runs the program of a stack against the SDK's mocks, whose resources stand only later. */
export async function runStack(settings: StackSettings = {}): Promise<StackRun> {
  const { stack = 'staging', configuration = {}, secrets = [], fleet = buildFleet, turns = () => 5 } = settings;
  record.registrations = [];
  record.events = [];
  pulumi.runtime.setAllConfig({ 'argosy:crds': crdFolder(), 'argosy:redisPassword': canary, ...configuration }, [
    'argosy:redisPassword',
    ...secrets,
  ]);
  await pulumi.runtime.setMocks(
    {
      call: ({ inputs }) => inputs as Record<string, unknown>,
      newResource: async ({ name, inputs }) => {
        for (let turn = 0; turn < turns(name); turn++) await new Promise(setImmediate);
        return { id: `${name}-id`, state: inputs as Record<string, unknown> };
      },
    },
    'argosy',
    stack,
  );
  // The stack rejects twice when its program does; the error that counts is the program's.
  let failure: { readonly error: unknown } | undefined;
  const program = () => bootstrap(fleet).catch((error: unknown) => void (failure = { error }));
  const outputs = (await pulumi.runtime.runInPulumiStack(program)) as unknown as StackOutputs;
  await pulumi.runtime.disconnect();
  const { registrations, events } = record;
  lastRegistrations = registrations;
  if (failure) throw failure.error;
  return {
    registrations,
    events,
    outputs,
    get(name) {
      const found = registrations.filter((each) => each.name === name && each.custom);
      if (found.length !== 1) throw new Error(`${found.length} resources are named ${name}`);
      return found[0]!;
    },
  };
}

let lastRegistrations: readonly Registration[] = [];

/** What the last run registered, also when it failed. */
export function registered(): string[] {
  return lastRegistrations.filter(({ type }) => !type.startsWith('pulumi:')).map(({ name }) => name);
}

const signature = '4dabf18193072939515e22adb298388d';

/** A value without its secrets: what may be shown. */
export function withoutSecrets(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (signature in value) return '[secret]';
  if (Array.isArray(value)) return value.map(withoutSecrets);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutSecrets(each)]));
}

/** A value with its secrets taken out of their envelopes: what the provider applies. */
export function revealed(value: unknown): any {
  if (typeof value !== 'object' || value === null) return value;
  if (signature in value) return revealed((value as unknown as { value: unknown }).value);
  if (Array.isArray(value)) return value.map(revealed);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, revealed(each)]));
}
