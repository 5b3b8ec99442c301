import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheKey, moduleFolder } from '../../../lib/local/parts/cache-folder';
import { goNeeded, isPinned, ldflags, pinOf, programPins, versions } from '../../../lib/local/parts/pins';
import { targetOf } from '../../../lib/local/parts/platform';
import { put, scratch } from './fakes';

const module = join(__dirname, '../../../lib/local/parts');
const goMod = readFileSync(join(module, 'go.mod'), 'utf8');

describe('the pins', () => {
  it.each([
    ['go.etcd.io/etcd/server/v3', versions.etcd],
    ['k8s.io/kubernetes', versions.kubernetes],
    ['sigs.k8s.io/kwok', versions.kwok],
    ['github.com/argoproj/argo-cd/v3', versions.argocd],
    ['github.com/alicebob/miniredis/v2', versions.miniredis],
  ])('agree with go.mod about %s', (path, version) => {
    expect(goMod).toContain(`\t${path} v${version}\n`);
  });

  it('ask for the Go that go.mod asks for', () => {
    expect(goMod).toContain(`\ngo ${goNeeded}\n`);
  });

  it('write the versions that the programs then answer', () => {
    expect(ldflags).toBe(
      '-s -w -X k8s.io/component-base/version.gitVersion=v1.36.1 -X k8s.io/component-base/version.gitMajor=1 ' +
        '-X k8s.io/component-base/version.gitMinor=36 -X k8s.io/component-base/version.gitTreeState=clean ' +
        '-X go.etcd.io/etcd/api/v3/version.GitSHA=v3.6.8 -X sigs.k8s.io/kwok/pkg/consts.Version=v0.8.0 ' +
        '-X github.com/argoproj/argo-cd/v3/common.version=3.5.7',
    );
  });

  it('name one variable a program', () => {
    expect(programPins.map(({ variable }) => variable)).toEqual([
      'ARGOSY_ETCD',
      'ARGOSY_KUBE_APISERVER',
      'ARGOSY_KUBE_CONTROLLER_MANAGER',
      'ARGOSY_KUBE_SCHEDULER',
      'ARGOSY_KWOK',
      'ARGOSY_ARGOCD',
      'ARGOSY_REDIS',
    ]);
  });

  it('take a version whole, and any Redis from 6', () => {
    expect(isPinned(pinOf('etcd'), '3.6.8')).toBe(true);
    expect(isPinned(pinOf('etcd'), '3.6.80')).toBe(false);
    expect(isPinned(pinOf('kube-apiserver'), '1.36.1+vendor')).toBe(false);
    expect(['5.0.14', '6.0.16', '7.2.4', '10.0.0'].map((v) => isPinned(pinOf('redis'), v))).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });
});

describe('the key of the cache', () => {
  const linux = targetOf('linux', 'x64');
  const copy = () => {
    const folder = scratch();
    for (const name of ['go.mod', 'go.sum', 'argocd', 'etcd', 'redis']) {
      cpSync(join(module, name), join(folder, name), { recursive: true });
    }
    return folder;
  };

  it('is the same for the same sources, wherever they are', async () => {
    expect(await cacheKey(copy(), linux)).toBe(await cacheKey(module, linux));
  });

  it('differs between platforms', async () => {
    const keys = await Promise.all(
      [linux, targetOf('linux', 'arm64'), targetOf('darwin', 'arm64')].map((target) => cacheKey(module, target)),
    );
    expect(new Set(keys).size).toBe(3);
    expect(keys[0]).toMatch(/^linux-x64-[0-9a-f]{16}$/);
  });

  it.each(['go.mod', 'go.sum', 'argocd/main.go', 'etcd/main.go', 'redis/main.go'])('changes with %s', async (file) => {
    const folder = copy();
    writeFileSync(join(folder, file), `${readFileSync(join(folder, file), 'utf8')}\n// changed\n`);
    expect(await cacheKey(folder, linux)).not.toBe(await cacheKey(module, linux));
  });

  it('is taken from the sources that ship, also when the code runs compiled from elsewhere', () => {
    const root = scratch();
    put(join(root, 'lib/local/parts/go.mod'), '');
    put(join(root, 'lib/local/parts/argocd/main.go'), '');
    expect(moduleFolder(join(root, '.compiled/lib/local/parts'))).toBe(join(root, 'lib/local/parts'));
    expect(() => moduleFolder('/')).toThrow(/^cache-unusable: no go.mod of the parts/);
  });
});

describe('a platform', () => {
  it('is one of four', () => {
    expect(targetOf('darwin', 'arm64')).toMatchObject({ goos: 'darwin', goarch: 'arm64' });
    expect(() => targetOf('win32', 'x64')).toThrow(
      /^unsupported-platform: .*win32\/x64[^]*linux\/x64, linux\/arm64, darwin\/x64 and darwin\/arm64/,
    );
    expect(() => targetOf('linux', 'riscv64')).toThrow('unsupported-platform');
  });
});
