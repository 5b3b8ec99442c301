import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type * as Pins from '../../../lib/local/parts/pins';
import { type AcquireOptions, acquireParts, findParts, type PartsProgress } from '../../../lib/local/parts';
import { answers, fakeGo, programs, put, says, scratch, serve, tarGz } from './fakes';

const content = vi.hoisted(() => (file: string) => `content of ${file}\n`);

// Argo CD's own files are not here: the pins are those of stand-ins.
vi.mock('../../../lib/local/parts/pins', async (original) => {
  const pins = await original<typeof Pins>();
  const { createHash: hash } = await import('node:crypto');
  const argocdFilePins = pins.argocdFilePins.map((pin) => ({
    ...pin,
    sha256: hash('sha256').update(content(pin.upstream)).digest('hex'),
  }));
  return { ...pins, argocdFilePins };
});

const sha256 = (body: string | Buffer) => createHash('sha256').update(body).digest('hex');
const upstream = [
  'manifests/crds/application-crd.yaml',
  'manifests/crds/applicationset-crd.yaml',
  'manifests/crds/appproject-crd.yaml',
  'hack/git-verify-wrapper.sh',
];

/** Every path that the projects publish for linux/x64, with what is there. */
function published(): Map<string, string | Buffer> {
  const etcd = tarGz([{ name: 'etcd-v3.6.8-linux-amd64/etcd', content: says(answers.etcd) }]);
  const argocd = says(answers.argocd);
  const kwok = says(answers.kwok);
  const site = new Map<string, string | Buffer>([
    ['/etcd-io/etcd/releases/download/v3.6.8/etcd-v3.6.8-linux-amd64.tar.gz', etcd],
    ['/etcd-io/etcd/releases/download/v3.6.8/SHA256SUMS', `${sha256(etcd)}  etcd-v3.6.8-linux-amd64.tar.gz\n`],
    ['/argoproj/argo-cd/releases/download/v3.5.7/argocd-linux-amd64', argocd],
    ['/argoproj/argo-cd/releases/download/v3.5.7/cli_checksums.txt', `${sha256(argocd)}  argocd-linux-amd64\n`],
    ['/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-linux-amd64', kwok],
    [
      '/repos/kubernetes-sigs/kwok/releases/tags/v0.8.0',
      JSON.stringify({ assets: [{ name: 'kwok-linux-amd64', digest: `sha256:${sha256(kwok)}` }] }),
    ],
    ...upstream.map((file) => [`/argoproj/argo-cd/v3.5.7/${file}`, content(file)] as const),
  ]);
  for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const) {
    const body = says(answers[name]);
    site.set(`/v1.36.1/bin/linux/amd64/${name}`, body);
    site.set(`/v1.36.1/bin/linux/amd64/${name}.sha256`, sha256(body));
  }
  return site;
}

type Answer = (path: string, response: ServerResponse) => boolean;

async function mirror(site = published(), special: Answer = () => false) {
  const asked: string[] = [];
  const base = await serve((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    if (special(path, response)) return;
    const body = site.get(path);
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  return { asked, homes: { github: base, githubApi: base, githubRaw: base, kubernetes: `${base}/` } };
}

const nowhere = {
  github: 'http://127.0.0.1:1',
  githubApi: 'http://127.0.0.1:1',
  githubRaw: 'http://127.0.0.1:1',
  kubernetes: 'http://127.0.0.1:1',
};
let redis: string;
let module: string;

beforeAll(() => {
  redis = programs({ 'redis-server': answers['redis-server'] });
  module = scratch();
  put(join(module, 'controller/appcontroller.go'), 'Sprintf("0.0.0.0:%d", metricsPort)');
  for (const file of upstream) put(join(module, file), content(file));
});

const linux: AcquireOptions = { platform: 'linux', arch: 'x64' };
const timeouts = { pollMs: 2, answerMs: 2000 };
const sources = (parts: Awaited<ReturnType<typeof acquireParts>>) =>
  Object.fromEntries(parts.sources.map(({ name, how }) => [name, how]));
const keyFolder = (cache: string) => {
  const parts = join(cache, 'parts');
  const [key] = readdirSync(parts).filter((name) => name.startsWith('linux-'));
  return join(parts, key!);
};

describe('acquireParts', () => {
  it('downloads what is published, and takes Redis from the PATH', async () => {
    const cache = join(scratch(), 'not made yet');
    const { homes } = await mirror();
    const parts = await acquireParts({ ...linux, cache, homes, env: { PATH: redis }, timeouts });
    const folder = keyFolder(cache);
    expect(parts).toMatchObject({
      etcd: join(folder, 'bin/etcd'),
      kubeApiserver: join(folder, 'bin/kube-apiserver'),
      kubeControllerManager: join(folder, 'bin/kube-controller-manager'),
      kubeScheduler: join(folder, 'bin/kube-scheduler'),
      kwok: join(folder, 'bin/kwok'),
      argocd: join(folder, 'bin/argocd'),
      redis: { program: join(redis, 'redis-server'), flavour: 'redis-server' },
      argocdFiles: join(folder, 'argocd-files'),
    });
    expect(sources(parts)).toEqual({
      etcd: 'download',
      'kube-apiserver': 'download',
      'kube-controller-manager': 'download',
      'kube-scheduler': 'download',
      kwok: 'download',
      argocd: 'download',
      redis: 'path',
      'argocd-files': 'download',
    });
    expect(parts.sources.find(({ name }) => name === 'argocd')?.note).toContain('metrics on every interface');
    expect(readFileSync(join(parts.argocdFiles, 'crds/appproject-crd.yaml'), 'utf8')).toBe(
      'content of manifests/crds/appproject-crd.yaml\n',
    );
    expect(statSync(join(parts.argocdFiles, 'git-verify-wrapper.sh')).mode & 0o111).toBe(0o111);
    expect(readdirSync(join(cache, 'parts'))).toHaveLength(1); // no lock, no temporary folder
  });

  it('takes everything from the cache the second time, without the network and without Go', async () => {
    const cache = scratch();
    const go = fakeGo({ module });
    const first = await acquireParts({ ...linux, cache, homes: nowhere, env: { PATH: go }, timeouts });
    expect(new Set(Object.values(sources(first)))).toEqual(new Set(['build']));
    const env = { PATH: '' };
    const second = await acquireParts({ ...linux, cache, homes: nowhere, env, timeouts });
    expect(new Set(Object.values(sources(second)))).toEqual(new Set(['cache']));
    expect({ ...second, sources: [] }).toEqual({ ...first, sources: [] });
    expect(second.redis.flavour).toBe('built');
    expect(await findParts({ ...linux, cache, env })).toEqual(second);
  });

  it('gets again what is damaged in the cache, and nothing else', async () => {
    const cache = scratch();
    const { homes, asked } = await mirror();
    const options = { ...linux, cache, homes, env: { PATH: redis }, timeouts };
    const { kwok } = await acquireParts(options);
    writeFileSync(kwok, '#!/bin/sh\n');
    expect(await findParts(options)).toBeUndefined();
    asked.length = 0;
    expect(sources(await acquireParts(options))).toMatchObject({ kwok: 'download', etcd: 'cache' });
    expect(asked.every((path) => path.includes('kwok'))).toBe(true);
    expect(readFileSync(kwok, 'utf8')).toBe(says(answers.kwok));
  });

  it.each<[string, (site: Map<string, string | Buffer>) => void, RegExp]>([
    [
      'whose checksum does not match',
      (site) => site.set('/v1.36.1/bin/linux/amd64/kube-apiserver', says('Kubernetes v1.36.1 and more')),
      /checksum mismatch: published [0-9a-f]{64}, received [0-9a-f]{64}/,
    ],
    [
      'without a checksum',
      (site) => site.delete('/v1.36.1/bin/linux/amd64/kube-apiserver.sha256'),
      /no published checksum: .*\.sha256: it answered 404/,
    ],
    [
      'whose checksum is not one',
      (site) => site.set('/v1.36.1/bin/linux/amd64/kube-apiserver.sha256', '<html>'),
      /publishes no sha256 for kube-apiserver/,
    ],
    ['that is gone', (site) => site.delete('/v1.36.1/bin/linux/amd64/kube-apiserver'), /it answered 404/],
    [
      'that is another version',
      (site) => {
        const body = says('Kubernetes v1.35.0');
        site.set('/v1.36.1/bin/linux/amd64/kube-apiserver', body);
        site.set('/v1.36.1/bin/linux/amd64/kube-apiserver.sha256', sha256(body));
      },
      /is kube-apiserver 1.35.0, not 1.36.1/,
    ],
  ])('does not use a release %s: it builds that part alone, and says so', async (_, damage, why) => {
    const site = published();
    damage(site);
    const { homes } = await mirror(site);
    const go = fakeGo({ module });
    const told: PartsProgress[] = [];
    const options = { ...linux, cache: scratch(), homes, env: { PATH: `${redis}:${go}` }, timeouts };
    const parts = await acquireParts({ ...options, onProgress: (progress) => told.push(progress) });
    expect(sources(parts)).toMatchObject({ etcd: 'download', 'kube-apiserver': 'build', argocd: 'download' });
    expect(told.some(({ part, message }) => part === 'kube-apiserver' && why.test(message))).toBe(true);
    expect(
      readFileSync(join(go, 'calls'), 'utf8')
        .split('\n')
        .filter((call) => call.startsWith('build')),
    ).toEqual([expect.stringMatching(/ k8s.io\/kubernetes\/cmd\/kube-apiserver$/)]);
    const { note } = parts.sources.find(({ name }) => name === 'kube-apiserver')!;
    expect(note ?? 'none').toMatch(why.source.startsWith('checksum mismatch') ? why : /^none$/);
  });

  it('builds all parts where the network does not answer', async () => {
    const { homes } = await mirror(published(), () => true);
    const go = fakeGo({ module });
    const options = { ...linux, cache: scratch(), homes, env: { PATH: go }, timeouts: { ...timeouts, answerMs: 100 } };
    expect(new Set(Object.values(sources(await acquireParts(options))))).toEqual(new Set(['build']));
  });

  it('keeps what was downloaded when the rest fails', async () => {
    const cache = scratch();
    const { homes } = await mirror();
    await expect(acquireParts({ ...linux, cache, homes, env: { PATH: '' }, timeouts })).rejects.toThrow(
      /^parts-unavailable: 1 of 8 parts cannot be had on linux\/amd64: redis\n/,
    );
    const env = { PATH: redis };
    expect(sources((await findParts({ ...linux, cache, env }))!)).toMatchObject({ etcd: 'cache', redis: 'path' });
  });

  it('tells, when nothing works, each way tried and each way that remains', async () => {
    const folder = programs({
      ...answers,
      kwok: 'kwok version v0.7.0 go1.24',
      'redis-server': 'Redis server v=5.0.14',
    });
    const cache = scratch();
    const env = { PATH: folder };
    const text = await acquireParts({ ...linux, cache, homes: nowhere, env, timeouts }).catch((error: Error) =>
      error.message.replaceAll(keyFolder(cache), 'CACHE').replaceAll(folder, 'FOLDER'),
    );
    expect(text).toMatchInlineSnapshot(`
      "parts-unavailable: 3 of 8 parts cannot be had on linux/amd64: kwok, redis, argocd-files
        why: every way failed
          kwok 0.8.0
            variable: ARGOSY_KWOK is not set
            PATH: FOLDER/kwok is kwok 0.7.0, not 0.8.0
            cache: not, or not whole, in CACHE
            release: http://127.0.0.1:1/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-linux-amd64: no published checksum: http://127.0.0.1:1/repos/kubernetes-sigs/kwok/releases/tags/v0.8.0: ECONNREFUSED
          redis >= 6
            variable: ARGOSY_REDIS is not set
            PATH: FOLDER/redis-server is redis 5.0.14, not >= 6
            cache: not, or not whole, in CACHE
            release: nothing is published for linux/amd64
          argocd-files 3.5.7
            variable: ARGOSY_ARGOCD_FILES is not set
            cache: not, or not whole, in CACHE
            release: http://127.0.0.1:1/argoproj/argo-cd/v3.5.7/manifests/crds/application-crd.yaml: ECONNREFUSED
          go build: there is no go on the PATH
        fix: one of these, for each part
          - Go 1.26.3 or newer on the PATH (https://go.dev/dl) and a Go module proxy: builds all of them
          - a network that reaches 127.0.0.1:1 over HTTPS
          - on the PATH: kwok 0.8.0, redis-server >= 6
          - redis publishes no programs: without Go, install redis-server from your distribution
          - files that you have, named by ARGOSY_KWOK, ARGOSY_REDIS, ARGOSY_ARGOCD_FILES; ARGOSY_ARGOCD_FILES names a folder with crds/ and git-verify-wrapper.sh of github.com/argoproj/argo-cd/v3@v3.5.7"
    `);
  });

  it('does the work once when two ask at the same time', async () => {
    const cache = scratch();
    const go = fakeGo({ module });
    const options = { ...linux, cache, homes: nowhere, env: { PATH: go }, timeouts };
    const told: string[] = [];
    const [one, two] = await Promise.all([
      acquireParts({ ...options, onProgress: ({ message }) => told.push(message) }),
      acquireParts({ ...options, onProgress: ({ message }) => told.push(message) }),
    ]);
    expect({ ...one, sources: [] }).toEqual({ ...two, sources: [] });
    expect(readFileSync(join(go, 'calls'), 'utf8').match(/^build/gm)).toHaveLength(1);
    expect(told).toContain(`waiting for process ${process.pid}, which gets them`);
  });

  it('removes what a killed process left, and not what a living one needs', async () => {
    const cache = scratch();
    const { hostname } = await import('node:os');
    const host = hostname().replace(/[^\w-]/g, '-');
    const left = join(cache, `parts/.stage.${host}.4194999.abc`);
    const used = join(cache, `parts/.stage.${host}.${process.ppid}.abc`);
    for (const folder of [left, used]) mkdirSync(folder, { recursive: true });
    await acquireParts({ ...linux, cache, homes: nowhere, env: { PATH: fakeGo({ module }) }, timeouts });
    expect([existsSync(left), existsSync(used)]).toEqual([false, true]);
  });

  it('ends with the signal and leaves no temporary folder and no lock', async () => {
    const cache = scratch();
    const abort = new AbortController();
    const go = fakeGo({ module, build: 'echo fake/package >&2; sleep 60' });
    const onProgress = ({ message }: PartsProgress) =>
      message === 'compiling fake/package' && abort.abort(new RangeError('interrupted by the user'));
    const options = { ...linux, cache, homes: nowhere, env: { PATH: go }, timeouts, onProgress, signal: abort.signal };
    await expect(acquireParts(options)).rejects.toThrow('interrupted by the user');
    expect(readdirSync(join(cache, 'parts'))).toEqual([expect.stringMatching(/^linux-x64-/)]);
    await expect(acquireParts(options)).rejects.toThrow('interrupted by the user');
  });

  it('refuses a variable before it does anything', async () => {
    const cache = join(scratch(), 'cache');
    const env = { PATH: redis, ARGOSY_KWOK: '/nowhere/kwok' };
    const refused = 'part-refused: ARGOSY_KWOK is refused: /nowhere/kwok does not exist';
    await expect(acquireParts({ ...linux, cache, homes: nowhere, env })).rejects.toThrow(refused);
    await expect(findParts({ ...linux, cache, env })).rejects.toThrow(refused);
    expect(existsSync(cache)).toBe(false);
  });

  it('says which platforms there are', async () => {
    await expect(acquireParts({ platform: 'win32', arch: 'x64' })).rejects.toThrow('unsupported-platform');
  });

  it('says when the cache cannot be written', async () => {
    const cache = put(join(scratch(), 'file'), '');
    await expect(acquireParts({ ...linux, cache, homes: nowhere, env: { PATH: '' } })).rejects.toThrow(
      /^cache-unusable: the cache folder .* cannot be used: E/,
    );
  });
});

describe('findParts', () => {
  it('writes nothing, and is undefined when something is missing', async () => {
    const cache = join(scratch(), 'cache');
    expect(await findParts({ ...linux, cache, env: { PATH: redis } })).toBeUndefined();
    expect(existsSync(cache)).toBe(false);
  });

  it('needs no cache when variables and the PATH have everything', async () => {
    const files = scratch();
    for (const file of upstream) put(join(files, file.replace(/^\w+\//, '')), content(file), 0o755);
    const env = { PATH: programs(answers), ARGOSY_ARGOCD_FILES: files };
    const parts = await findParts({ ...linux, cache: join(files, 'none'), env });
    expect(parts?.argocdFiles).toBe(files);
    expect(new Set(Object.values(sources(parts!)))).toEqual(new Set(['path', 'variable']));
  });
});
