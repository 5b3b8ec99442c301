import { describe, expect, it } from 'vitest';
import { ArgoCd, Cluster, Fleet } from '../../lib';
import { planOperator, settingsManifests, settingsOf } from '../../lib/operator';

const repository = { url: 'https://github.com/acme/platform.git' };

describe('planOperator', () => {
  it('says every default aloud, and reads settings as the chart would write them', () => {
    const plan = planOperator({}, 'argocd');
    expect(plan).toMatchObject({ version: '3.5.7', namespace: 'argocd', releaseName: 'argocd' });
    expect(settingsOf(plan).params).toEqual({
      'controller.operation.processors': '10',
      'controller.self.heal.timeout.seconds': '5',
      'controller.status.processors': '20',
      'reposerver.parallelism.limit': '10',
    });
    expect(settingsManifests(plan).map(({ metadata }) => metadata.name)).toEqual([
      'argocd-cm',
      'argocd-cmd-params-cm',
      'argocd-rbac-cm',
    ]);
  });

  it('lets values have the last word, map by map', () => {
    const plan = planOperator(
      { values: { configs: { params: { 'server.insecure': true } }, dex: { enabled: true } } },
      'argocd',
    );
    expect(settingsOf(plan).params).toMatchObject({ 'server.insecure': 'true', 'controller.status.processors': '20' });
    expect(plan.values['dex']).toEqual({ enabled: true });
  });

  it('refuses versions with the migration bug and counts that cannot be', () => {
    for (const settings of [
      { version: '3.3.0' },
      { version: 'v3' },
      { controller: { shards: 0 } },
      { repoServer: { parallelism: 1.5 } },
      { reconciliation: { pollSeconds: -1 } },
    ]) {
      expect(() => planOperator(settings, 'argocd')).toThrow(/invalid-property[^]*why:[^]*fix:/);
    }
  });
});

describe('ArgoCd', () => {
  const objects = (selfManagement: 'chart' | 'settings') => {
    const fleet = new Fleet({ repository, selfManagement });
    const argocd = new ArgoCd(new Cluster(fleet, 'staging'), 'argocd', { domain: 'argocd.example.com' });
    const [cluster] = fleet.render().clusters;
    const root = Object.fromEntries(
      cluster!.root.objects.map(({ manifest }) => [`${manifest.kind} ${manifest.metadata.name}`, manifest]),
    );
    return { argocd, cluster: cluster!, root };
  };

  it('manages itself from the values of its plan, without a cascade, and locks the default project', () => {
    const { argocd, root } = objects('chart');
    const application = root['Application staging-argocd'] as any;
    expect(application.spec.source.helm).toEqual({ releaseName: 'argocd', valuesObject: argocd.plan.values });
    expect(application.metadata.finalizers).toBeUndefined();
    expect((root['AppProject default'] as any).spec).toMatchObject({
      sourceRepos: [],
      destinations: [],
      clusterResourceWhitelist: [],
    });
  });

  it('holds the settings of the same plan where no chart can be rendered', () => {
    const { argocd, cluster } = objects('settings');
    const rendered = cluster.applications
      .find(({ folder }) => folder === 'staging/argocd')!
      .objects.map(({ manifest }) => manifest);
    expect(rendered).toEqual(settingsManifests(argocd.plan));
  });
});
