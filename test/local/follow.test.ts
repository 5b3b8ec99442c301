import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../../lib/local';
import { followCommits } from '../../lib/local/follow';
import { Repository } from '../../lib/local/repository';

it('tells of every commit, whoever made it, until it is heard, and of none once it is stopped', async () => {
  const repository = await Repository.open(join(mkdtempSync(join(tmpdir(), 'argosy-follow-')), 'repository'), 'main');
  const commit = (content: string) => repository.publish('manifests', [{ path: 'a.yaml', content }], content);
  await commit('a: 0\n');
  const told: [string, number][] = [];
  const stop = followCommits(repository, (of, before) => Promise.resolve(told.push([of, before]) > 0 && before === 1));

  const first = (await commit('a: 1\n'))!;
  expect(await until(() => told.length === 2, { deadline: 10_000 })).toBe(true);
  const second = (await commit('a: 2\n'))!;
  expect(await until(() => told.length === 4, { deadline: 10_000 })).toBe(true);
  expect(told).toEqual([
    [first, 0],
    [first, 1],
    [second, 0],
    [second, 1],
  ]);
  stop();
  await commit('a: 3\n');
  expect(told.length).toBe(4);
});
