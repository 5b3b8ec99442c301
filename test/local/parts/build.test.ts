import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyPatched } from '../../../lib/local/parts/argocd-source';
import { buildParts } from '../../../lib/local/parts/build';
import type { PartName } from '../../../lib/local/parts/pins';
import { targetOf } from '../../../lib/local/parts/platform';
import { printable, run } from '../../../lib/local/parts/process';
import type { PartsProgress } from '../../../lib/local/parts/progress';
import { fakeGo, type FakeGo, put, scratch } from './fakes';

const line = 'metricsAddr := fmt.Sprintf("0.0.0.0:%d", metricsPort)\n';

/** As much of Argo CD's module as the copy must deal with, read-only as in Go's cache. */
function argocdModule(controller = line): string {
  const folder = scratch();
  put(join(folder, 'controller/appcontroller.go'), controller, 0o444);
  put(join(folder, 'controller/appcontroller_test.go'), 'x');
  put(join(folder, 'controller/testdata/data.yaml'), 'x');
  put(join(folder, 'util/test/kept.go'), 'x', 0o444);
  put(join(folder, 'ui/embed.go'), 'x');
  return folder;
}

async function build(parts: readonly PartName[], go: FakeGo | string = {}, signal?: AbortSignal) {
  const told: PartsProgress[] = [];
  const folder = typeof go === 'string' ? go : fakeGo({ module: argocdModule(), ...go });
  const stage = scratch();
  const options = {
    env: { PATH: folder, HOME: '/nowhere' },
    target: targetOf('linux', 'x64'),
    module: join(__dirname, '../../../lib/local/parts'),
    stage,
    cache: scratch(),
    versionMs: 5000,
    signal,
    report: (progress: PartsProgress) => told.push(progress),
  };
  const staged = await buildParts(parts, options);
  const calls = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
  return { staged, told, calls, stage };
}

describe('a build', () => {
  it('is one go build for all parts, and tells each package', async () => {
    const { staged, told, calls, stage } = await build(['etcd', 'kwok', 'argocd', 'redis']);
    expect(staged.map(({ file, version, from }) => `${file} ${version} ${from}`)).toEqual([
      'bin/etcd 3.6.8 go build ./etcd',
      'bin/kwok 0.8.0 go build sigs.k8s.io/kwok/cmd/kwok',
      'bin/argocd 3.5.7 go build ./argocd',
      'bin/redis miniredis 2.40.0 go build ./redis',
    ]);
    expect(calls.map((call) => call.replaceAll(stage, 'STAGE').replace(/-ldflags .*? -o/, '-ldflags … -o'))).toEqual([
      'env -json GOVERSION GOTOOLCHAIN',
      'mod download -json -modfile=STAGE/parts.mod github.com/argoproj/argo-cd/v3',
      'build -v -mod=readonly -modfile=STAGE/parts.mod -trimpath -buildvcs=false -ldflags … -o STAGE/bin/ ' +
        './etcd sigs.k8s.io/kwok/cmd/kwok ./argocd ./redis',
    ]);
    const compiled = told.filter(({ message }) => message.startsWith('compiling'));
    expect(compiled.map(({ done }) => done)).toEqual([1, 2, 3, 4]);
    expect(compiled[0]).not.toHaveProperty('total'); // known for all seven programs alone
  });

  it('points at the patched Argo CD only when that is built', async () => {
    const replace = /^replace github.com\/argoproj\/argo-cd\/v3 => (".*")$/m;
    const withIt = await build(['argocd']);
    const copy = replace.exec(readFileSync(join(withIt.stage, 'parts.mod'), 'utf8'));
    expect(JSON.parse(copy![1]!)).toBe(join(withIt.stage, 'argo-cd'));
    const without = await build(['etcd']);
    expect(readFileSync(join(without.stage, 'parts.mod'), 'utf8')).not.toMatch(replace);
    expect(without.calls).toHaveLength(2);
  });

  it.each<[string, FakeGo, string]>([
    ['is too old and may not change', { version: 'go1.26.2' }, 'is go1.26.2, and go 1.26.3 or newer is needed'],
    ['is too old to change', { version: 'go1.19.8', toolchain: 'auto' }, 'is go1.19.8, and go 1.26.3'],
  ])('fails when Go %s', async (_, go, why) => {
    await expect(build(['etcd'], go)).rejects.toThrow(why);
  });

  it.each<FakeGo>([{ version: 'go1.26.3' }, { version: 'go1.27.0' }, { version: 'go1.24.1', toolchain: 'auto' }])(
    'works with %o',
    async (go) => expect((await build(['etcd'], go)).staged).toHaveLength(1),
  );

  it('fails when there is no Go, or one that does not answer', async () => {
    await expect(build(['etcd'], scratch())).rejects.toThrow('build-failed: there is no go on the PATH');
    const broken = scratch();
    put(join(broken, 'go'), '#!/bin/sh\necho "go: broken" >&2; exit 1\n', 0o755);
    await expect(build(['etcd'], broken)).rejects.toThrow(/env failed: go: broken/);
  });

  it('that fails shows its last lines, without credentials and escapes', async () => {
    const lines = Array.from({ length: 30 }, (_, at) => `echo "main.go:${at}: undefined" >&2`).join('\n');
    const leak = `printf 'go: https://user:s3cr3t@proxy.example/x: \\033[31m403\\007\\n' >&2`;
    const failure = await build(['etcd'], { build: `${lines}\n${leak}\nexit 1` }).catch(
      (error: Error) => error.message,
    );
    expect(failure).toContain('build-failed: go build of etcd failed: exit 1');
    expect(failure).toContain('| main.go:29: undefined');
    expect(failure).not.toContain('main.go:5:');
    expect(failure).toContain('| go: https://***@proxy.example/x: 403\n');
  });

  it('whose program is not the pinned one is refused', async () => {
    const other = `printf '#!/bin/sh\\necho etcd Version: 3.5.0\\n' > "\${10}/etcd"; chmod +x "\${10}/etcd"`;
    await expect(build(['etcd'], { build: other })).rejects.toThrow(/the built etcd is refused: .* 3.5.0, not 3.6.8/);
  });

  it('ends with the signal, and every process that it started', async () => {
    const folder = scratch();
    const pidFile = join(folder, 'pid');
    const abort = new AbortController();
    const go = fakeGo({ build: `sleep 60 & echo $! > "${pidFile}"; echo fake/started >&2; wait` });
    const stage = scratch();
    const building = buildParts(['etcd'], {
      env: { PATH: go },
      target: targetOf('linux', 'x64'),
      module: join(__dirname, '../../../lib/local/parts'),
      stage,
      cache: scratch(),
      versionMs: 5000,
      signal: abort.signal,
      report: ({ message }) => message === 'compiling fake/started' && abort.abort(new RangeError('stop')),
    });
    await expect(building).rejects.toThrow('stop');
    const child = Number(readFileSync(pidFile, 'utf8'));
    const gone = await run(
      '/bin/sh',
      ['-c', `while kill -0 ${child} && ! grep -q '^State:.Z' /proc/${child}/status; do :; done`],
      {
        cwd: '/',
        env: { PATH: '/usr/bin:/bin' },
        timeoutMs: 3000,
      },
    );
    expect(gone.failure).toBeUndefined();
  });
});

describe('the copy of Argo CD', () => {
  it('is patched, writable, and leaves out what no build needs', async () => {
    const to = join(scratch(), 'copy');
    await copyPatched(argocdModule(), to);
    expect(readFileSync(join(to, 'controller/appcontroller.go'), 'utf8')).toBe(line.replace('0.0.0.0', '127.0.0.1'));
    expect(existsSync(join(to, 'util/test/kept.go'))).toBe(true);
    for (const file of ['ui', 'controller/testdata', 'controller/appcontroller_test.go']) {
      expect(existsSync(join(to, file))).toBe(false);
    }
  });

  it.each([
    ['no', 'package controller\n'],
    ['two', line + line],
  ])('is an error when the patched line is there in %s places', async (_, content) => {
    await expect(build(['argocd'], { module: argocdModule(content) })).rejects.toThrow(
      'controller/appcontroller.go does not hold "0.0.0.0:%d", metricsPort exactly once',
    );
  });

  it("gives Argo CD's files only with the pinned content", async () => {
    const module = argocdModule();
    for (const crd of ['application', 'applicationset', 'appproject']) {
      put(join(module, `manifests/crds/${crd}-crd.yaml`), 'other');
    }
    put(join(module, 'hack/git-verify-wrapper.sh'), 'other');
    await expect(build(['argocd-files'], { module })).rejects.toThrow(/has sha256 [0-9a-f]{64}, not the pinned/);
  });
});

describe('a process', () => {
  it('that is too slow is ended, and one that cannot start is a result', async () => {
    const folder = scratch();
    const slow = await run('/bin/sleep', ['60'], { cwd: folder, env: {}, timeoutMs: 20 });
    expect(slow).toMatchObject({ code: undefined, failure: 'no answer in 20 ms' });
    mkdirSync(join(folder, 'x'));
    expect((await run(join(folder, 'x'), [], { cwd: folder, env: {} })).failure).toBe('EACCES');
    expect((await run(join(folder, 'y'), [], { cwd: folder, env: {} })).failure).toBe('ENOENT');
  });

  it('gives its output even when a line is cut between two pieces', async () => {
    const lines: string[] = [];
    const onErrorLine = (text: string) => lines.push(text);
    const script = 'printf "on" >&2; printf "e\\ntwo" >&2; exit 3';
    const result = await run('/bin/sh', ['-c', script], { cwd: '/', env: {}, guarded: true, onErrorLine });
    expect(result).toMatchObject({ code: 3, stderr: 'one\ntwo' });
    expect(lines).toEqual(['one', 'two']);
  });

  it('is printed without what a terminal would obey', () => {
    expect(printable('\u001b[2Ja\u0007b\u009bc  ')).toBe('a b c');
    expect(printable('x'.repeat(1000))).toHaveLength(400);
  });
});
