import { ApiObject, JsonPatch } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Application, AppProject, Cluster, Fleet, type ArgosyError } from '../../lib';

function application(): { readonly fleet: Fleet; readonly app: Application } {
  const fleet = new Fleet({ repository: { url: 'https://github.com/acme/platform.git' } });
  const cluster = new Cluster(fleet, 'staging');
  const project = new AppProject(cluster, 'shop', { namespaces: ['shop'] });
  return { fleet, app: new Application(cluster, 'api', { project, namespace: 'shop' }) };
}

function errorsOf(fleet: Fleet): readonly ArgosyError[] {
  try {
    fleet.render();
  } catch (error) {
    return (error as AggregateError).errors as ArgosyError[];
  }
  return [];
}

describe('a tree that cannot be written', () => {
  it('tells every object without a kind or name, and every construct that refuses itself, at once', () => {
    const { fleet, app } = application();
    const map = new ApiObject(app, 'map', { apiVersion: 'v1', kind: 'ConfigMap' });
    map.addJsonPatch(JsonPatch.remove('/kind'));
    const other = new ApiObject(app, 'other', { apiVersion: 'v1', kind: 'ConfigMap' });
    other.addJsonPatch(JsonPatch.remove('/not/there'));
    app.node.addValidation({ validate: () => ['the api needs a cache'] });

    const errors = errorsOf(fleet);
    expect(errors.map(({ code, report }) => [code, report.where?.construct])).toEqual([
      ['construct-validation', 'staging/api'],
      ['invalid-object', 'staging/api/map'],
      ['invalid-object', 'staging/api/other'],
    ]);
    expect(errors[0]?.report.what).toBe('the api needs a cache');
    expect(errors[1]?.report.what).toMatch(/kind undefined/);
    for (const { report } of errors) expect(report.where?.location).toMatch(/^test\/synth\/tree\.test\.ts:\d+:\d+$/);
  });
});
