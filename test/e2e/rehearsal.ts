import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildFleet } from '../../apps/fleet';
import { type Cluster } from '../../lib';
import { findParts, LocalRun, until, type ApplicationState, type LocalFleet } from '../../lib/local';
import { ArgoCd, settingsOf } from '../../lib/operator';
import { filesOf } from '../../lib/render';

const top = resolve(__dirname, '../..');

/** What a test changes in the sample fleet before it is rendered. */
export type Change = (cluster: Cluster) => unknown;

/** A local run of one cluster of the sample fleet, whose program the tests change as a merge would. */
export interface Rehearsal {
  readonly run: LocalRun;
  /** Renders the sample with a change, commits it and returns the commit. */
  merge(message: string, change?: Change): Promise<string>;
  /** Waits for a state of one application. */
  stateWhere(name: string, is: (state: ApplicationState) => boolean): Promise<ApplicationState>;
}

/** Bootstraps a cluster of the sample fleet in a folder of its own. */
export async function rehearse(cluster: string): Promise<Rehearsal> {
  let change: Change = () => undefined;
  const run = await LocalRun.start({
    cluster,
    folder: join(mkdtempSync(join(tmpdir(), 'argosy e2e ')), cluster),
    parts: (await findParts())!,
    program: join(top, 'infra/index.ts'),
    render: (url) => Promise.resolve(render(cluster, url, change)),
  });
  return {
    run,
    merge: async (message, next = () => undefined) => {
      change = next;
      const commit = await run.publish(message);
      if (commit === undefined) throw new RangeError(`${message}: nothing differs`);
      return commit;
    },
    stateWhere: async (name, is) => {
      const found = await until(async () => (await run.states()).find((state) => state.name === name && is(state)), {
        deadline: 180_000,
      });
      if (!found)
        throw new RangeError(`${name} never came to the state: ${JSON.stringify(await run.states(), undefined, 1)}`);
      return found;
    },
  };
}

function render(name: string, url: string, change: Change): LocalFleet {
  const fleet = buildFleet({ repository: { url }, selfManagement: 'settings' });
  const cluster = fleet.node.findChild(name) as Cluster;
  change(cluster);
  const rendered = fleet.render();
  const own = rendered.clusters.find((each) => each.name === name)!;
  const plan = ArgoCd.findPlan(cluster)!;
  return {
    cluster: own,
    plan,
    settings: settingsOf(plan),
    path: fleet.repository.path,
    branch: fleet.repository.revision,
    files: filesOf({ ...rendered, clusters: [own] }),
  };
}
