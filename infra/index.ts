/**
 * infra: how a cluster comes to be. Knows Pulumi and how the stages depend on each other; does not know what Argo CD's
 * values are (`lib/operator`) or what the fleet is (`apps/`). This file is what `pulumi` runs.
 * Its law: no stage is registered before the one before it stands.
 */
import { buildFleet } from '../apps/fleet';
import { bootstrap, type StackOutputs } from './program';
import { toldWithoutStack } from './told';

/** The stack's one output. Loading this module runs the program, under Pulumi and in the local run alike. */
export const cluster: Promise<StackOutputs> = bootstrap(buildFleet).catch((error: unknown) => {
  throw toldWithoutStack(error);
});

// Pulumi reports a rejection, but looks at the promise some turns later: until then it would count as unhandled.
cluster.catch(() => undefined);
