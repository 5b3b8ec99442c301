import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { until } from '../../lib/local/poll';
import { runPulumi } from '../../lib/local/pulumi';
import { openState } from '../../lib/local/state';
import { Supervisor } from '../../lib/local/supervisor';
import { exists, failure, folder, program } from './processes/fakes';

const secret = 'canary-51c0';

/** A state folder, a program and a `pulumi` that writes what it is called with into `calls`, one folder a call. */
async function engine(then = '') {
  const path = folder();
  const at = (name: string) => join(path, name);
  for (const name of ['bin', 'calls', 'home', 'infra']) mkdirSync(at(name));
  writeFileSync(at('infra/index.ts'), '');
  program(
    at('bin'),
    'pulumi',
    `n=$(printf %03d $(ls "$CALLS" | wc -l)); call="$CALLS/$n"; mkdir "$call"
     for each in "$@"; do printf '%s\n' "$each"; done >"$call/args"
     cat >"$call/stdin"; env >"$call/env"
     ${then}`,
  );
  vi.stubEnv('CALLS', at('calls'));
  vi.stubEnv('HOME', at('home'));
  vi.stubEnv('PATH', `${at('bin')}:${process.env['PATH']}`);
  vi.stubEnv('PULUMI_CONFIG_PASSPHRASE', "the user's own");
  const state = await openState(at('state'));
  const processes = new Supervisor(state);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await processes.stopAll(100);
    await state.close();
  });
  const request = {
    program: at('infra/index.ts'),
    stack: 'staging',
    configuration: { 'argosy:repositoryUrl': 'file:///r', 'argosy:redisPassword': secret },
    secrets: ['argosy:redisPassword'],
  };
  const plan = { version: 'v3.5.7', chart: { name: 'argo-cd', version: '10.0.0', repository: 'https://example.test' } };
  const run = (signal?: AbortSignal) => runPulumi({ request, state, processes, plan, signal });
  const calls = () =>
    readdirSync(at('calls'))
      .sort()
      .map((name) => {
        const read = (file: string) => readFileSync(join(at('calls'), name, file), 'utf8');
        return { args: read('args').split('\n').slice(0, -1), stdin: read('stdin'), env: read('env').split('\n') };
      });
  const files = () =>
    readdirSync(path, { recursive: true, withFileTypes: true })
      .map((file) => relative(path, join(file.parentPath, file.name)))
      .filter((file) => !/^(state|calls)\//.test(file))
      .sort();
  return { state, processes, run, calls, files, log: () => readFileSync(state.logOf('pulumi'), 'utf8') };
}

describe('the Pulumi engine', () => {
  it('is led through init, config and up, in the state folder, and told secrets on stdin alone', async () => {
    const { state, run, calls, files } = await engine();
    const before = files();
    await run();
    const made = join(state.path, 'pulumi');
    const common = ['--non-interactive', '--cwd', made];
    const chart = JSON.stringify({ from: 'folder', path: join(made, 'chart') });
    const config = (kind: string, key: string) => [...common, 'config', 'set', kind, '--stack', 'staging', key];
    expect(calls().map(({ args, stdin }) => [args, stdin])).toEqual([
      [[...common, 'stack', 'init', '--no-select', 'staging'], ''],
      [config('--plaintext', 'argosy:repositoryUrl'), 'file:///r'],
      [config('--secret', 'argosy:redisPassword'), secret],
      [config('--plaintext', 'argosy:chart'), chart],
      [[...common, 'up', '--yes', '--skip-preview', '--stack', 'staging'], ''],
    ]);
    for (const { args, env } of calls()) {
      expect([...args, ...env].join('\n')).not.toContain(secret);
      expect(env).toEqual(
        expect.arrayContaining([
          `ARGOSY_RUN=${state.run}`,
          `PULUMI_BACKEND_URL=file://${made}`,
          `PULUMI_CONFIG_PASSPHRASE_FILE=${join(made, 'passphrase')}`,
          `PULUMI_CREDENTIALS_PATH=${made}`,
        ]),
      );
      expect(env.filter((each) => each.startsWith('PULUMI_CONFIG_PASSPHRASE='))).toEqual([]);
    }
    expect(statSync(join(made, 'passphrase')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(made, 'passphrase'), 'utf8')).toMatch(/^[0-9a-f]{48}$/);
    expect(JSON.parse(readFileSync(join(made, 'Pulumi.yaml'), 'utf8'))).toMatchObject({ main: 'infra/index.ts' });
    expect(files()).toEqual(before);

    const passphrase = readFileSync(join(made, 'passphrase'), 'utf8');
    mkdirSync(join(made, '.pulumi', 'locks'), { recursive: true }); // of an engine that was killed
    await run();
    expect(calls().filter(({ args }) => args.includes('init'))).toHaveLength(1);
    expect(readFileSync(join(made, 'passphrase'), 'utf8')).toBe(passphrase);
    expect(readdirSync(join(made, '.pulumi'))).toEqual([]);
  });

  it('begins anew where its stack was not completely made', async () => {
    const { run, calls } = await engine('case " $* " in *" init "*) exit $(ls "$CALLS" | grep -c 000$);; esac');
    expect((await failure(run())).code).toBe('bootstrap-failed');
    await run().catch(() => undefined);
    expect(calls().map(({ args }) => args.includes('init'))).toEqual([true, true]);
  });

  it('that fails is told in its own words, and one that is not there by what to do', async () => {
    const { run } = await engine('case " $* " in *" up "*) echo error: no such cluster >&2; exit 255;; esac');
    const failed = await failure(run());
    expect(failed.code).toBe('bootstrap-failed');
    expect(failed.message).toMatch(/pulumi up: .*exit code 255[^]*error: no such cluster/);
    vi.stubEnv('PATH', '/nowhere');
    expect((await failure(run())).message).toMatch(/pulumi is not on the PATH[^]*leave out --engine pulumi/);
  });

  it('that hangs ends with its children when it is broken off, and what left its group with the parts', async () => {
    const hanging = 'case " $* " in *" up "*) echo $$; sleep 1000 & echo $!; setsid sleep 1000 & echo $!; wait;; esac';
    const { processes, run, log } = await engine(hanging);
    const control = new AbortController();
    const ended = expect(run(control.signal)).rejects.toThrow('enough');
    await until(() => log().split('\n').length === 4, { deadline: 10_000 });
    const pids = log().trim().split('\n').map(Number);
    expect(pids.map(exists)).toEqual([true, true, true]);
    expect(processes.parts.map(({ part, pid }) => [part, pid])).toEqual([['pulumi', pids[0]]]);
    control.abort(new Error('enough'));
    await ended;
    expect(await until(() => !pids.slice(0, 2).some(exists), { deadline: 2000 })).toBe(true);
    await processes.stopAll();
    if (process.platform === 'linux') expect(await until(() => !exists(pids[2]!), { deadline: 2000 })).toBe(true);
  });
});
