import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { ApiObject, JsonPatch } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Application, type AppProject, type Cluster } from '../../lib';
import { changeImageAndWait, deleteAndWait, revertAndWait } from '../../lib/cli/tour';
import { applicationNames, isSettled, until } from '../../lib/local';
import { isRunning } from '../../lib/local/identity';
import { findRun } from '../../lib/local/state';
import { ArgoCd, settingsManifests } from '../../lib/operator';
import type { Manifest } from '../../lib/kube';
import { buildFleet } from '../../apps/fleet';
import { rehearse, type Rehearsal } from './rehearsal';

const configMap = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
});

/** The loop that the README promises, each step seen on the real API server. In this order: each starts from a settled fleet. */
describe.sequential('the loop on the real parts', () => {
  let staging: Rehearsal;

  beforeAll(async () => {
    staging = await rehearse('staging');
  });

  afterAll(async () => {
    await staging?.run.stop();
  });

  it('bootstraps until every application that Git declares is Synced and Healthy', async () => {
    const states = await staging.run.settle();
    expect(states.map(({ name, sync, health, reasons }) => ({ name, sync, health, reasons }))).toEqual(
      ['staging-root', ...applicationNames(staging.run.cluster)]
        .sort()
        .map((name) => ({ name, sync: 'Synced', health: 'Healthy', reasons: [] })),
    );
  });

  it('applies the operator settings that are declared, and its processes follow them', async () => {
    const cluster = buildFleet({ selfManagement: 'settings' }).node.findChild('staging') as Cluster;
    const plan = ArgoCd.findPlan(cluster)!;
    for (const declared of settingsManifests(plan)) {
      const live = await staging.run.objects.find<Manifest & { data: Record<string, string> }>(declared);
      expect(live?.data).toMatchObject(declared['data'] as object);
    }
    const controller = staging.run.plane.processes.parts.find(({ part }) => part === 'argocd-application-controller')!;
    if (process.platform !== 'linux') return; // elsewhere no process can be asked for its environment
    const environment = readFileSync(`/proc/${controller.pid}/environ`, 'utf8').split('\0');
    const { params } = plan.values['configs'] as { params: Record<string, unknown> };
    expect(environment).toContain(
      `ARGOCD_APPLICATION_CONTROLLER_STATUS_PROCESSORS=${String(params['controller.status.processors'])}`,
    );
  });

  it('fences: the default project permits nothing, and the root Argo CD’s own kinds alone', async () => {
    const locked = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'default', namespace: 'argocd' },
    };
    const project = await staging.run.objects.find<Manifest & { spec: Record<string, unknown> }>(locked);
    expect([project?.spec['sourceRepos'] ?? [], project?.spec['destinations'] ?? []]).toEqual([[], []]);

    const stray = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'stray', namespace: 'argocd' } };
    await staging.merge('Put a ConfigMap beside the Applications', (cluster) => new ApiObject(cluster, 'stray', stray));
    const root = await staging.stateWhere('staging-root', ({ reasons }) =>
      /not permitted in project/.test(reasons.join()),
    );
    expect(root.reasons.join()).toContain('ConfigMap');
    expect(await staging.run.objects.find(stray)).toBeUndefined();
    await staging.run.settle({ commit: await staging.merge('Take it away') });
  });

  it('is seen by any kubectl with the printed kubeconfig, which its owner alone can read', ({ skip }) => {
    expect(statSync(staging.run.kubeconfig).mode & 0o777).toBe(0o600);
    const kubectl = (...args: string[]): string =>
      execFileSync('kubectl', [`--kubeconfig=${staging.run.kubeconfig}`, ...args], { encoding: 'utf8' });
    if (!hasKubectl()) skip('there is no kubectl on the PATH');
    expect(kubectl('get', 'deployments', '--namespace=shop', '--output=name').split('\n')).toContain(
      'deployment.apps/api',
    );
  });

  it('brings back what is removed by hand', async () => {
    const step = await deleteAndWait(staging.run);
    expect(step.seen).toMatch(/uid .* → /);
  });

  it('makes a merge live, and a git revert the previous state', async () => {
    const { commit, step } = await changeImageAndWait(staging.run);
    expect(step.seen).toContain(commit.slice(0, 8));
    await revertAndWait(staging.run, commit);
    expect((await staging.run.settle()).every(isSettled)).toBe(true);
  });

  it('prunes an application that a merge removes, with what it deployed', async () => {
    const added = await staging.merge('Add an application', (cluster) => {
      const application = new Application(cluster, 'extra', { project: shopOf(cluster), namespace: 'shop' });
      new ApiObject(application, 'extra', { apiVersion: 'v1', kind: 'ConfigMap' });
    });
    await staging.run.settle({ commit: added });
    expect(await staging.run.objects.find(configMap('extra'))).toBeDefined();

    const removed = await staging.merge('Remove it');
    await staging.run.settle({ commit: removed });
    expect(await until(async () => !(await staging.run.objects.find(configMap('extra'))), { deadline: 120_000 })).toBe(
      true,
    );
    expect((await staging.run.states()).map(({ name }) => name)).not.toContain('staging-extra');
  });

  it('refuses what a project does not permit, says so, and takes the merge that mends it', async () => {
    const greedy = (cluster: Cluster): Application => {
      const application = new Application(cluster, 'greedy', { project: shopOf(cluster), namespace: 'shop' });
      new ApiObject(application, 'innocent', { apiVersion: 'v1', kind: 'ConfigMap' });
      return application;
    };
    await staging.merge('Ask for too much', (cluster) => {
      const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'all-of-it' } };
      new ApiObject(greedy(cluster), 'all', role);
    });
    const state = await staging.stateWhere('staging-greedy', ({ reasons }) =>
      /not permitted in project/.test(reasons.join()),
    );
    expect(state.reasons.join()).toContain('ClusterRole');
    expect(await staging.run.objects.find(configMap('innocent'))).toBeUndefined();

    const commit = await staging.merge('Ask for less', greedy);
    expect((await staging.run.settle({ commit })).filter((each) => !isSettled(each))).toEqual([]);
    expect(await staging.run.objects.find(configMap('innocent'))).toBeDefined();
  });

  it('stops a Deployment whose PreSync migration fails, and a fix that is merged mends it', async () => {
    const api = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'api', namespace: 'shop' } };
    const before = await staging.run.objects.find<Manifest & { metadata: { generation: number } }>(api);
    await staging.merge('Break the migration', (cluster) => {
      for (const child of cluster.node.findChild('api').node.findAll()) {
        if (!ApiObject.isApiObject(child)) continue;
        if (child.kind === 'Job')
          child.addJsonPatch(
            JsonPatch.add('/spec/template/metadata/annotations', { 'argosy.dev/local-result': 'fail' }),
          );
        if (child.kind === 'Deployment') child.addJsonPatch(JsonPatch.replace('/spec/revisionHistoryLimit', 7));
      }
    });
    const failed = await staging.stateWhere('staging-api', ({ reasons }) => /Job/.test(reasons.join()));
    expect(failed.sync).toBe('OutOfSync');
    const after = await staging.run.objects.find<Manifest & { metadata: { generation: number } }>(api);
    expect(after?.metadata.generation).toBe(before?.metadata.generation);

    const fixed = await staging.merge('Mend the migration');
    const states = await staging.run.settle({ commit: fixed });
    expect(states.filter((state) => !isSettled(state))).toEqual([]);
  });

  it('runs the other environment beside it', async () => {
    const production = await rehearse('production');
    try {
      expect((await production.run.settle()).filter((state) => !isSettled(state))).toEqual([]);
      expect((await staging.run.states()).every(isSettled)).toBe(true);
      expect(production.run.plane.server).not.toBe(staging.run.plane.server);
    } finally {
      await production.run.stop();
    }
  });

  it('ends without a process, a port, a lock or a secret left', async () => {
    const { path } = staging.run.state;
    const { parts, ports } = findRun(path)!;
    expect(parts.length).toBe(9);
    await staging.run.stop();
    expect(parts.filter(isRunning)).toEqual([]);
    expect(await Promise.all(Object.values(ports).map(dial))).not.toContain(true);
    expect(readdirSync(path).filter((name) => /^(?:lock|credentials|kubeconfig|run\.json|tmp)$/.test(name))).toEqual(
      [],
    );
  });
});

function shopOf(cluster: Cluster): AppProject {
  return (cluster.node.findChild('api') as Application).project;
}

function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

function dial(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
