import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lua } from 'wasmoon-lua5.1';
import { applicationHealth } from '../../lib/operator';

const source = {
  repoURL: 'https://example.com/x.git',
  path: 'a',
  targetRevision: 'main',
  directory: { recurse: true },
};
const settled = {
  sync: {
    status: 'Synced',
    revision: 'two',
    comparedTo: { source: { ...source, directory: { recurse: true, jsonnet: {} } } },
  },
  health: { status: 'Healthy' },
  operationState: { phase: 'Succeeded', syncResult: { revision: 'two' } },
};

describe('the health of a child Application', () => {
  let lua: Lua;
  beforeAll(async () => {
    lua = await Lua.create();
  });
  afterAll(() => {
    lua.global.close();
  });

  const health = async (status: unknown, spec: unknown = { source }): Promise<string> => {
    // Argo CD hands the object over as tables; so does this, by way of Lua's own literals.
    const script = `local obj = ${literal({ spec, status })}\nlocal function check()\n${applicationHealth}end\nlocal hs = check()\nreturn hs.status .. ": " .. hs.message`;
    return (await lua.doString(script)) as string;
  };

  it('passes only when the child was compared with the source it names now, is Synced and is Healthy', async () => {
    expect(await health(settled)).toBe('Healthy: ');
    expect(await health({ ...settled, health: { status: 'Degraded', message: 'down' } })).toBe('Degraded: down');
  });

  it('waits before the first comparison, for a new source, for the sync, and while it runs', async () => {
    expect(await health(undefined)).toMatch(/^Progressing: waiting for the first comparison/);
    expect(await health({})).toMatch(/^Progressing: waiting for the first comparison/);
    expect(await health(settled, { source: { ...source, targetRevision: 'other' } })).toMatch(
      /^Progressing: .*new source/,
    );
    expect(await health({ ...settled, sync: { ...settled.sync, status: 'OutOfSync' } })).toMatch(
      /^Progressing: waiting for the sync/,
    );
    expect(await health({ ...settled, operationState: { phase: 'Running', message: 'hooks' } })).toBe(
      'Progressing: hooks',
    );
  });

  it('fails for a sync that failed at this revision, also when only its PostSync did, and not for an older one', async () => {
    const failed = (revision: string) => ({ phase: 'Failed', message: 'no', syncResult: { revision } });
    expect(await health({ ...settled, operationState: failed('two') })).toBe('Degraded: no');
    expect(await health({ ...settled, operationState: failed('one') })).toBe('Healthy: ');
    const waiting = { ...settled, sync: { ...settled.sync, status: 'OutOfSync' } };
    expect(await health({ ...waiting, operationState: failed('one') })).toMatch(/^Progressing/);
    expect(await health({ ...waiting, operationState: { phase: 'Error', message: 'denied' } })).toBe(
      'Degraded: denied',
    );
  });

  it('compares several sources, beside which Argo CD leaves an empty one', async () => {
    const comparedTo = { source: { repoURL: '' }, sources: [source] };
    const status = { ...settled, sync: { ...settled.sync, comparedTo } };
    expect(await health(status, { sources: [source] })).toBe('Healthy: ');
    expect(await health(status, { sources: [source, source] })).toMatch(/^Progressing/);
  });
});

/** A value as a Lua literal: tables of strings, numbers and booleans. */
function literal(value: unknown): string {
  if (value === undefined || value === null) return 'nil';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `{${value.map(literal).join(', ')}}`;
  return `{${Object.entries(value)
    .map(([key, each]) => `[${JSON.stringify(key)}] = ${literal(each)}`)
    .join(', ')}}`;
}
