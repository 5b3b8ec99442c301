import { describe, expect, it } from 'vitest';
import type { Api, ApiAnswer } from '../../lib/local/api';
import { Objects } from '../../lib/local/objects';

const core = {
  resources: [
    { name: 'configmaps', kind: 'ConfigMap', namespaced: true },
    { name: 'namespaces', kind: 'Namespace', namespaced: false },
    { name: 'namespaces/status', kind: 'Namespace', namespaced: false },
  ],
};

/** An API server that knows two kinds, notes what it is asked and gives one answer to every change. */
function server(answer: ApiAnswer = { status: 200, body: '{}' }): {
  readonly objects: Objects;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const api = {
    find: (path: string) => Promise.resolve(path === '/api/v1' ? core : (asked.push(`GET ${path}`), undefined)),
    call: (method: string, path: string) => (asked.push(`${method} ${path}`), Promise.resolve(answer)),
  };
  return { objects: new Objects(api as unknown as Api), asked };
}

const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } };

describe('objects of an API server', () => {
  it('are found where its discovery says', async () => {
    const { objects, asked } = server();
    await objects.find(map);
    await objects.delete({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: '../x', namespace: 'shop' } });
    expect(asked).toEqual(['GET /api/v1/namespaces/shop/configmaps/a', 'DELETE /api/v1/namespaces/..%2Fx']);
    expect(await objects.serves('v1', 'ConfigMap')).toBe(true);
    expect(await objects.serves('argoproj.io/v1alpha1', 'Application')).toBe(false);
  });

  it('tell why the server refuses, and which object', async () => {
    const { objects } = server({ status: 403, body: JSON.stringify({ message: 'configmaps "a" is forbidden' }) });
    await expect(objects.merge(map, {})).rejects.toThrow(
      'api-refused: configmaps "a" is forbidden\n  at:  ConfigMap shop/a\n',
    );
    await expect(objects.find({ ...map, kind: 'Nothing' })).rejects.toThrow(
      'api-refused: the API server knows no kind Nothing in v1\n',
    );
    await expect(server({ status: 404, body: '' }).objects.delete(map)).resolves.toBeUndefined();
  });
});
