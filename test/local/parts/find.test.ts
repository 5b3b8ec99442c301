import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { survey } from '../../../lib/local/parts/find';
import { answers, builtRedis, programs, put, says, scratch } from './fakes';

const look = (env: NodeJS.ProcessEnv, versionMs = 5000) => survey({ env, folder: join(scratch(), 'none'), versionMs });

describe('a variable', () => {
  it('gives its program, before the PATH', async () => {
    const named = join(programs({ etcd: answers.etcd }), 'etcd');
    const { found } = await look({ ARGOSY_ETCD: named, PATH: programs(answers) });
    expect(found.get('etcd')).toEqual({
      part: 'etcd',
      file: named,
      version: '3.6.8',
      how: 'variable',
      where: named,
    });
  });

  it('may be relative to the current folder', async () => {
    const named = join(programs({ kwok: answers.kwok }), 'kwok');
    const { found } = await look({ ARGOSY_KWOK: relative(process.cwd(), named) });
    expect(found.get('kwok')?.file).toBe(named);
  });

  it('is refused by name when the file is missing, a folder, not executable or another version', async () => {
    const folder = scratch();
    const cases: [string, string][] = [
      [join(folder, 'none'), 'does not exist'],
      [folder, 'is not a file'],
      [put(join(folder, 'plain'), says(answers.etcd)), 'is not executable'],
      [put(join(folder, 'old'), says('etcd Version: 3.5.0'), 0o755), 'is etcd 3.5.0, not 3.6.8'],
      [put(join(folder, 'other'), says('\u001b[31mhello'), 0o755), 'is not etcd: asked --version, it answered: hello'],
    ];
    for (const [file, why] of cases) {
      await expect(look({ ARGOSY_ETCD: file, PATH: programs(answers) })).rejects.toThrow(
        `part-refused: ARGOSY_ETCD is refused: ${file} ${why}`,
      );
    }
  });

  it('is refused when its program does not answer, which ends with it', async () => {
    const hanging = put(join(scratch(), 'etcd'), '#!/bin/sh\nexec /bin/sleep 60\n', 0o755);
    await expect(look({ ARGOSY_ETCD: hanging }, 50)).rejects.toThrow('it answered: no answer in 50 ms');
  });

  it('that is empty is not set', async () => {
    expect((await look({ ARGOSY_ETCD: '' })).found.size).toBe(0);
  });

  it("names Argo CD's files only with the pinned content", async () => {
    const folder = scratch();
    put(join(folder, 'crds/application-crd.yaml'), 'kind: CustomResourceDefinition\n');
    await expect(look({ ARGOSY_ARGOCD_FILES: folder })).rejects.toThrow(
      /ARGOSY_ARGOCD_FILES is refused: .*application-crd.yaml has sha256 [0-9a-f]{64}/,
    );
    await expect(look({ ARGOSY_ARGOCD_FILES: join(folder, 'no') })).rejects.toThrow('has sha256 ENOENT');
  });
});

describe('the PATH', () => {
  it('gives every program at its pinned version', async () => {
    const folder = programs(answers);
    const { found } = await look({ PATH: `/nowhere:${folder}` });
    const text = [...found.values()].map(({ part, version, how, file }) => `${part} ${version} ${how} ${file}`);
    expect(text).toEqual([
      `etcd 3.6.8 path ${folder}/etcd`,
      `kube-apiserver 1.36.1 path ${folder}/kube-apiserver`,
      `kube-controller-manager 1.36.1 path ${folder}/kube-controller-manager`,
      `kube-scheduler 1.36.1 path ${folder}/kube-scheduler`,
      `kwok 0.8.0 path ${folder}/kwok`,
      `argocd 3.5.7 path ${folder}/argocd`,
      `redis 7.0.15 path ${folder}/redis-server`,
    ]);
  });

  it('is searched past another version, which is remembered', async () => {
    const old = programs({ kwok: 'kwok version v0.7.0 go1.24 (linux/amd64)' });
    const right = programs({ kwok: answers.kwok });
    const { found, attempts } = await look({ PATH: `${old}:${right}` });
    expect(found.get('kwok')?.file).toBe(join(right, 'kwok'));
    expect(attempts).toContainEqual({ part: 'kwok', how: 'path', why: `${old}/kwok is kwok 0.7.0, not 0.8.0` });
  });

  it('never means the current folder', async () => {
    const here = relative(process.cwd(), programs(answers));
    expect((await look({ PATH: `${here}::.` })).found.size).toBe(0);
  });

  it('may hold folders with the names of programs', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'etcd'));
    expect((await look({ PATH: folder })).attempts).toContainEqual({
      part: 'etcd',
      how: 'path',
      why: 'no etcd on the PATH',
    });
  });
});

describe('what a program says', () => {
  const found = async (env: NodeJS.ProcessEnv) => (await look(env)).found;

  it('tells a redis-server, a Valkey and our own Redis apart from the rest', async () => {
    const redis = async (text: string) =>
      (await found({ ARGOSY_REDIS: join(programs({ any: text }), 'any') })).get('redis');
    expect(await redis(answers['redis-server'])).toMatchObject({ flavour: 'redis-server', version: '7.0.15' });
    expect(await redis('Valkey server v=8.0.1 sha=0:0')).toMatchObject({ flavour: 'redis-server', version: '8.0.1' });
    expect(await redis(builtRedis)).toMatchObject({ flavour: 'built', version: 'miniredis 2.40.0' });
    await expect(redis('Redis server v=5.0.14 sha=0:0')).rejects.toThrow('is redis 5.0.14, not >= 6');
  });

  it("tells upstream's Argo CD, which listens off loopback, from ours", async () => {
    const argocd = async (text: string) => (await found({ PATH: programs({ argocd: text }) })).get('argocd');
    expect((await argocd('argocd: v3.5.7+5dde0e2'))?.note).toContain('metrics on every interface');
    expect(await argocd('argocd: v3.5.7+unknown (components of Argosy)')).not.toHaveProperty('note');
    expect(await argocd('argocd: v3.5.70')).toBeUndefined();
  });

  it('is asked with the PATH alone: no other variable reaches it', async () => {
    const canary = put(join(scratch(), 'etcd'), '#!/bin/sh\necho "etcd Version: ${CANARY-3.6.8}"\n', 0o755);
    expect((await found({ ARGOSY_ETCD: canary, CANARY: 'secret' })).get('etcd')?.version).toBe('3.6.8');
  });
});
