import { ApiObject } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Application, AppProject, Cluster, Fleet } from '../../lib';
import { filesOf, type RenderedFleet } from '../../lib/render';

const repository = { url: 'https://github.com/acme/platform.git' };

function cluster(): { fleet: Fleet; staging: Cluster; project: AppProject } {
  const fleet = new Fleet({ repository });
  const staging = new Cluster(fleet, 'staging');
  return { fleet, staging, project: new AppProject(staging, 'shop', { namespaces: ['shop'] }) };
}

function configMap(scope: Application, id: string, annotations: Record<string, string> = {}): ApiObject {
  return new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { annotations } });
}

function waveOf({ clusters }: RenderedFleet, name: string): string | undefined {
  const units = clusters.flatMap(({ root, applications }) => [root, ...applications]);
  const object = units.flatMap(({ objects }) => objects).find(({ manifest }) => manifest.metadata.name === name);
  return object?.manifest.metadata.annotations?.['argocd.argoproj.io/sync-wave'];
}

function errorsOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    const errors = error instanceof AggregateError ? (error.errors as Error[]) : [error as Error];
    return errors.map(({ message }) => message);
  }
  return [];
}

describe('a rendered fleet', () => {
  it('puts Applications and AppProjects in _root, and the children of each Application in its folder', () => {
    const { fleet, staging, project } = cluster();
    const api = new Application(staging, 'api', { project, namespace: 'shop' });
    configMap(api, 'settings');
    new ApiObject(api, 'space', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    expect(filesOf(fleet.render()).map(({ path }) => path)).toEqual([
      'staging/_root/argocd/appproject-shop.yaml',
      'staging/_root/argocd/application-staging-api.yaml',
      'staging/api/shop/configmap-settings.yaml',
      'staging/api/_cluster/namespace-shop.yaml',
    ]);
  });

  it('is the same for the same program', () => {
    const build = (): string => {
      const { fleet, staging, project } = cluster();
      configMap(new Application(staging, 'api', { project, namespace: 'shop' }), 'settings');
      return JSON.stringify(filesOf(fleet.render()));
    };
    expect(build()).toBe(build());
  });

  it('knows the line that made each object', () => {
    const { fleet, staging, project } = cluster();
    configMap(new Application(staging, 'api', { project, namespace: 'shop' }), 'settings');
    const origin = fleet.render().clusters[0]!.applications[0]!.objects[0]!.origin;
    expect(origin?.file).toBe(__filename);
    expect(origin?.line).toBeGreaterThan(50);
  });
});

describe('dependencies', () => {
  it('between applications raise the wave of the Application resource, over any number of steps', () => {
    const { fleet, staging, project } = cluster();
    const [a, b, c] = ['a', 'b', 'c'].map((id) => new Application(staging, id, { project, namespace: 'shop' }));
    for (const each of [a!, b!, c!]) configMap(each, 'x');
    b!.node.addDependency(a!);
    c!.node.addDependency(b!);
    const rendered = fleet.render();
    expect(['staging-a', 'staging-b', 'staging-c'].map((name) => waveOf(rendered, name))).toEqual([
      undefined,
      '1',
      '2',
    ]);
  });

  it('between objects of one application raise the wave of the objects', () => {
    const { fleet, staging, project } = cluster();
    const app = new Application(staging, 'api', { project, namespace: 'shop' });
    const first = configMap(app, 'first');
    configMap(app, 'second').node.addDependency(first);
    const rendered = fleet.render();
    expect([waveOf(rendered, 'first'), waveOf(rendered, 'second'), waveOf(rendered, 'staging-api')]).toEqual([
      undefined,
      '1',
      undefined,
    ]);
  });

  it('on a hook of an earlier phase need no wave, and on one of a later phase cannot be', () => {
    const hook = (type: string): string[] => {
      const { fleet, staging, project } = cluster();
      const app = new Application(staging, 'api', { project, namespace: 'shop' });
      const migration = configMap(app, 'migration', { 'argocd.argoproj.io/hook': type });
      configMap(app, 'server').node.addDependency(migration);
      return errorsOf(() => expect(waveOf(fleet.render(), 'server')).toBeUndefined());
    };
    expect(hook('PreSync')).toEqual([]);
    expect(hook('PostSync')[0]).toMatch(/invalid-sync-wave/);
  });

  it('in a circle are told with the whole circle', () => {
    const { fleet, staging, project } = cluster();
    const [a, b] = ['a', 'b'].map((id) => new Application(staging, id, { project, namespace: 'shop' }));
    a!.node.addDependency(b!);
    expect(errorsOf(() => (b!.node.addDependency(a!), fleet.render())).join()).toMatch(
      /dependency-cycle.*staging\/a.*→.*staging\/b|cycle/i,
    );
  });

  it('that contradict a given wave are refused, with the wave that would do', () => {
    const { fleet, staging, project } = cluster();
    const a = new Application(staging, 'a', { project, namespace: 'shop', syncWave: 3 });
    const b = new Application(staging, 'b', { project, namespace: 'shop', syncWave: 3 });
    b.node.addDependency(a);
    expect(errorsOf(() => fleet.render())[0]).toMatch(/invalid-sync-wave[^]*raise it to 4/);
  });
});

describe('bad input', () => {
  it('is told at construction, with the five answers', () => {
    const { staging, project } = cluster();
    const attempts: [RegExp, () => unknown][] = [
      [/invalid-name/, () => new Application(staging, 'Not A Name', { project, namespace: 'shop' })],
      [/invalid-namespace/, () => new Application(staging, 'a1', { project, namespace: 'Shop' })],
      [/invalid-sync-wave/, () => new Application(staging, 'a2', { project, namespace: 'shop', syncWave: 1.5 })],
      [/invalid-namespace/, () => new AppProject(staging, 'p1', { namespaces: ['*'] })],
      [/invalid-name/, () => new Cluster(staging.fleet, '_root')],
      [/invalid-property/, () => new Cluster(staging.fleet, 'c1', { kubernetes: 'latest' })],
      [
        /invalid-property/,
        () => new Application(new Cluster(staging.fleet, 'other'), 'a3', { project, namespace: 'shop' }),
      ],
      [/outside-of-cluster/, () => new AppProject(staging.fleet as never, 'p2', { namespaces: [] })],
      ...[
        '--upload-pack=x',
        'ext::sh -c x',
        'https://user:secret@example.com/x',
        'ssh://-oProxyCommand=x/y',
        '',
        'file://x',
      ].map((url): [RegExp, () => unknown] => [/invalid-property/, () => new Fleet({ repository: { url } })]),
      [/invalid-property/, () => new Fleet({ repository: { ...repository, revision: '--output=x' } })],
      [/invalid-property/, () => new Fleet({ repository: { ...repository, path: '../out' } })],
    ];
    for (const [code, attempt] of attempts) {
      const [message] = errorsOf(attempt);
      expect(message).toMatch(code);
      expect(message).toMatch(/at: {2}test\/fleet\/fleet\.test\.ts:\d+[^]*why: [^]*fix: /);
      expect(message).not.toContain('secret');
    }
  });

  it('of several constructs is told all at once', () => {
    const { fleet, staging, project } = cluster();
    const app = new Application(staging, 'a', { project, namespace: 'shop' });
    const twin = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'same' } };
    new ApiObject(app, 'one', twin);
    new ApiObject(app, 'two', twin);
    const other = new Application(staging, 'b', { project, namespace: 'shop' });
    configMap(other, 'x', { 'argocd.argoproj.io/sync-wave': 'first' });
    expect(errorsOf(() => fleet.render()).map((message) => message.split(':')[0])).toEqual([
      'duplicate-object',
      'invalid-sync-wave',
    ]);
  });

  it('leaves no object outside of an application unnoticed', () => {
    const { fleet, staging } = cluster();
    void staging;
    new ApiObject(new Cluster(fleet, 'other'), 'fine', { apiVersion: 'v1', kind: 'ConfigMap' });
    expect(errorsOf(() => fleet.render())).toEqual([]);
  });
});
