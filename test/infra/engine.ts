import { createRequire } from 'node:module';

// The generated stubs have no usable types, and gRPC is a dependency of the SDK's.
const sdk = createRequire(require.resolve('@pulumi/pulumi'));
const grpc = sdk('@grpc/grpc-js');
const { Empty } = sdk('google-protobuf/google/protobuf/empty_pb.js');
const { EngineService } = sdk('./proto/engine_grpc_pb.js');
const { GetRootResourceResponse, SetRootResourceResponse } = sdk('./proto/engine_pb.js');
const { ResourceMonitorService } = sdk('./proto/resource_grpc_pb.js');
const { RegisterResourceResponse, SupportsFeatureResponse } = sdk('./proto/resource_pb.js');

/** What a program told the engine over the wire. */
export interface Told {
  readonly address: string;
  readonly resources: { readonly type: string; readonly name: string; readonly inputs: any }[];
  readonly errors: string[];
  readonly outputs: any[];
  close(): void;
}

type Reply = (error: unknown, response: unknown) => void;

/**
 * An engine that accepts whatever is registered, for the SDK's own runner to run a program against: the part of a
 * `pulumi up` that is not the SDK's mocks.
 */
export async function startEngine(): Promise<Told> {
  const resources: Told['resources'] = [];
  const errors: string[] = [];
  const outputs: any[] = [];
  const empty = (_: unknown, reply: Reply) => reply(null, new Empty());
  const server = new grpc.Server();
  server.addService(EngineService, {
    log: ({ request }: any, reply: Reply) => {
      if (request.getSeverity() >= 3) errors.push(request.getMessage());
      reply(null, new Empty());
    },
    getRootResource: (_: unknown, reply: Reply) => reply(null, new GetRootResourceResponse()),
    setRootResource: (_: unknown, reply: Reply) => reply(null, new SetRootResourceResponse()),
    startDebugging: empty,
    requirePulumiVersion: empty,
  });
  server.addService(ResourceMonitorService, {
    supportsFeature: ({ request }: any, reply: Reply) => {
      const response = new SupportsFeatureResponse();
      response.setHassupport(['secrets', 'resourceReferences', 'aliasSpecs', 'deletedWith'].includes(request.getId()));
      reply(null, response);
    },
    registerResource: ({ request }: any, reply: Reply) => {
      const [type, name] = [request.getType(), request.getName()];
      const inputs = request.getObject();
      resources.push({ type, name, inputs: inputs.toJavaScript() });
      const response = new RegisterResourceResponse();
      response.setUrn(`urn:pulumi:staging::argosy::${type}::${name}`);
      response.setId(request.getCustom() ? `${name}-id` : '');
      response.setObject(inputs);
      reply(null, response);
    },
    registerResourceOutputs: ({ request }: any, reply: Reply) => {
      outputs.push(request.getOutputs()?.toJavaScript());
      reply(null, new Empty());
    },
    signalAndWaitForShutdown: empty,
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error: Error | null, bound: number) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { address: `127.0.0.1:${port}`, resources, errors, outputs, close: () => server.forceShutdown() };
}
