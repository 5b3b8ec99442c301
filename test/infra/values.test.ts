import { describe, expect, it } from 'vitest';
import { rootApplication, rootProject } from '../../lib/argocd';
import { ArgoCd, type Cluster, type Fleet } from '../../lib';
import { buildFleet as sampleFleet } from '../../apps/fleet';
import { buildFleet, folderOf } from './fixtures';
import { revealed, runStack, type StackRun } from './stack';

const release = ({ registrations }: StackRun) => registrations.find(({ type }) => type.endsWith(':Release'))!;

/** The plan of a cluster, and the source of the Application by which its Argo CD manages itself. */
function declared(fleet: Fleet, name: string) {
  const cluster = fleet.node.findChild(name) as Cluster;
  const { root } = fleet.render().clusters.find((each) => each.name === name)!;
  const self = root.objects.map(({ manifest }) => manifest as any).find(({ spec }) => spec.source?.helm);
  return { plan: ArgoCd.findPlan(cluster)!, self: self.spec.source };
}

describe('the values of the release', () => {
  it.each([
    ['a fleet', 'staging', buildFleet],
    ['a fleet', 'production', buildFleet],
    ['the sample', 'staging', sampleFleet],
    ['the sample', 'production', sampleFleet],
  ])('are those of lib/operator, and those Argo CD manages itself with: %s, %s', async (_, stack, fleet) => {
    const { inputs } = release(await runStack({ fleet, stack }));
    const { plan, self } = declared(fleet(), stack);
    expect(inputs['values']).toEqual(plan.values);
    expect(inputs['values']).toEqual(self.helm.valuesObject);
    expect(inputs['name']).toBe(self.helm.releaseName);
    expect(inputs['version']).toBe(self.targetRevision);
    expect(inputs['chart']).toBe(self.chart);
    expect(inputs['repositoryOpts']).toEqual({ repo: self.repoURL });
    expect(inputs['namespace']).toBe(plan.namespace);
  });

  it('hold nothing that configuration could have brought in', async () => {
    const configuration = {
      'argosy:selfManagement': 'settings',
      'argosy:chart': '{"from":"oci"}',
      'argosy:context': 'c',
    };
    const plain = release(await runStack()).inputs['values'];
    expect(release(await runStack({ configuration })).inputs['values']).toEqual(plain);
  });
});

describe('the chart', () => {
  const inputs = async (chart: unknown) =>
    release(await runStack({ configuration: { 'argosy:chart': JSON.stringify(chart) } })).inputs;

  it('comes from the chart repository, a mirror of it, or a registry, always at the version of the plan', async () => {
    const repo = 'https://argoproj.github.io/argo-helm';
    expect(await inputs({ from: 'repository' })).toMatchObject({ chart: 'argo-cd', repositoryOpts: { repo } });
    const mirror = 'https://charts.example.com/argo';
    expect(await inputs({ from: 'repository', url: mirror })).toMatchObject({ repositoryOpts: { repo: mirror } });
    const oci = await inputs({ from: 'oci' });
    expect(oci).toMatchObject({ chart: 'oci://ghcr.io/argoproj/argo-helm/argo-cd', version: '10.9.5' });
    expect(oci).not.toHaveProperty('repositoryOpts');
    const own = 'oci://registry.example.com/charts/argo-cd';
    expect(await inputs({ from: 'oci', url: own })).toMatchObject({ chart: own, version: '10.9.5' });
  });

  it('comes from a folder that holds that chart in that version', async () => {
    const path = folderOf({ 'Chart.yaml': 'apiVersion: v2\nname: argo-cd\nversion: 10.9.5\n' });
    const found = await inputs({ from: 'folder', path });
    expect(found).toMatchObject({ chart: path, version: '10.9.5' });
    expect(found).not.toHaveProperty('repositoryOpts');
  });

  it.each([
    ['another version', { 'Chart.yaml': 'name: argo-cd\nversion: 9.0.0\n' }, '"argo-cd" "9.0.0"'],
    ['another chart', { 'Chart.yaml': 'name: redis\nversion: 10.9.5\n' }, '"redis" "10.9.5"'],
    ['no chart', {}, 'ENOENT'],
    ['no YAML', { 'Chart.yaml': 'a: [' }, 'Chart.yaml cannot be read'],
  ])('is refused from a folder of %s', async (_, files, what) => {
    const refused = inputs({ from: 'folder', path: folderOf(files) });
    await expect(refused).rejects.toMatchObject({ code: 'invalid-chart', message: expect.stringContaining(what) });
  });

  it('is installed whole or not at all, without its CRDs, into the namespace that stands', async () => {
    expect(await inputs({ from: 'repository' })).toMatchObject({
      skipCrds: true,
      createNamespace: false,
      atomic: true,
      skipAwait: false,
      timeout: 600,
    });
  });
});

describe('the root', () => {
  const manifests = ({ registrations }: StackRun) =>
    registrations.filter(({ type }) => type.startsWith('kubernetes:argoproj.io/')).map(({ inputs }) => inputs);

  it('is the project and the Application that lib/argocd declares, in the namespace of that Argo CD', async () => {
    const cluster = { name: 'production', argocdNamespace: 'gitops' };
    const { repository } = buildFleet();
    const run = await runStack({ stack: 'production' });
    expect(manifests(run)).toEqual([rootProject(cluster, repository), rootApplication(cluster, repository)]);
    expect(run.get('gitops').inputs['metadata']).toEqual({ name: 'gitops' });
    expect(run.get('argocd-redis').inputs['metadata'].namespace).toBe('gitops');
  });

  it('watches the repository that the stack names, with its credentials, and the path that the fleet names', async () => {
    const url = 'git@git.example.com:acme/fork.git';
    const run = await runStack({
      configuration: {
        'argosy:repositoryUrl': url,
        'argosy:repositoryRevision': 'release',
        'argosy:repositoryCredentials': '{"sshPrivateKey":"key"}',
      },
      secrets: ['argosy:repositoryCredentials'],
    });
    const [project, application] = manifests(run);
    expect(project!['spec'].sourceRepos).toEqual([url]);
    expect(application!['spec'].source).toMatchObject({
      repoURL: url,
      targetRevision: 'release',
      path: 'apps/manifests/staging/_root',
    });
    const secret = run.get('repository-credentials').inputs;
    expect(secret['metadata'].labels['argocd.argoproj.io/secret-type']).toBe('repository');
    expect(revealed(secret['stringData'])).toEqual({ type: 'git', url, sshPrivateKey: 'key\n' });
  });

  it('overrides a revision alone', async () => {
    const [, application] = manifests(await runStack({ configuration: { 'argosy:repositoryRevision': 'v1' } }));
    expect(application!['spec'].source).toMatchObject({ repoURL: buildFleet().repository.url, targetRevision: 'v1' });
  });
});

describe('a stack', () => {
  it('is named like a cluster of the fleet', async () => {
    const refused = runStack({ stack: 'stagging' });
    await expect(refused).rejects.toMatchObject({
      code: 'unknown-stack',
      message: expect.stringContaining('staging, production, bare'),
    });
  });

  it('bootstraps a cluster that declares an Argo CD', async () => {
    await expect(runStack({ stack: 'bare' })).rejects.toMatchObject({ code: 'no-operator' });
  });
});
