import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { until } from '../../lib/local';
import { Api } from '../../lib/local/api';
import { documentOf, program, project, run as runAlone, top, write, type Answer } from './cli';
import { leftOf, recordOf, Session } from './session';

const run = (folder: string, args: readonly string[]): Promise<Answer> => runAlone(folder, args, process.env);

const ready = /^Ctrl-C ends it\.$/m;

/** `argosy up`, as a user has it: the real command line, the real parts. Each test starts where the one before ended. */
describe.sequential('argosy up', () => {
  const folder = project({
    'fleet.ts': program(),
    'infra/index.ts': `import { bootstrap } from '${top}/infra/program';
import { buildFleet } from '../fleet';
export const cluster = bootstrap(buildFleet);
`,
  });
  const sessions: Session[] = [];
  const up = (...args: string[]): Session => {
    const session = new Session(folder, ['up', ...args]);
    sessions.push(session);
    return session;
  };
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') for (const { stdout, stderr } of sessions) console.error(stdout, stderr);
  });
  afterAll(() => Promise.all(sessions.map((session) => session.dispose())));

  it('shows the applications once they are well, in a table, and status does', async () => {
    const first = up('--watch');
    await first.says(/bootstrap, after/, 'stderr');
    const early = await run(folder, ['status', '--json']);
    expect([0, 1], JSON.stringify(early)).toContain(early.code);

    await first.says(ready);
    expect(first.stdout).toMatch(/^APPLICATION +SYNC +HEALTH +REVISION\none-app +Synced +Healthy +[0-9a-f]{8}$/m);
    expect(first.stdout).not.toMatch(/ready in/);
    const table = await run(folder, ['status']);
    expect([table.code, table.stderr]).toEqual([0, '']);
    expect(table.stdout).toMatch(/^APPLICATION[^]*\none-app +Synced +Healthy/);
    expect(first.stdout).toContain(table.stdout);
  });

  it('refuses a second run of the same cluster by the pid of the first, which goes on', async () => {
    const [first] = sessions;
    const second = await run(folder, ['up', '--json']);
    expect(second.code).toBe(2);
    expect(documentOf(second).errors).toMatchObject([
      { code: 'state-in-use', what: expect.stringContaining(`pid ${first!.pid},`) as string },
    ]);
    expect((await run(folder, ['status'])).code).toBe(0);
  });

  it('makes a save live, and tells a save that does not parse by its line', async () => {
    const [first] = sessions;
    write(folder, { 'fleet.ts': program('const x = = 1;') });
    await first!.says(/^program-error: it does not parse: .*\n {2}at: {2}fleet\.ts:14:11$/m, 'stderr');

    write(folder, { 'fleet.ts': program("map('saved');", "import './extra';"), 'extra.ts': 'export const a = 1;' });
    await first!.says(/✓ commit [0-9a-f]{8}, [\d.]+ s after the save/, 'stderr');
    const live = await until(async () => (await kubernetes(folder, 'saved')) === 200, { deadline: 20_000 });
    expect(live, first!.stderr).toBe(true);
  });

  it('ends by Ctrl-C with exit code 0 and leaves nothing', async () => {
    const [first] = sessions;
    const record = recordOf(folder, 'one');
    expect(record.parts.length).toBe(9);
    first!.interrupt();
    expect(await first!.ended).toBe(0);
    expect(await leftOf(record)).toEqual([]);
    expect(readdirSync(join(folder, '.argosy/one')).sort()).toEqual(['etcd', 'home', 'logs', 'repository']);
    expect((await run(folder, ['status'])).code).toBe(2);
  });

  it('goes on where it ended, as a document; and survives nothing of itself when killed', async () => {
    const second = up('--keep', '--json');
    await second.says(/^}$/m);
    const document = documentOf(second);
    expect(document).toMatchObject({ version: 1, cluster: 'one' });
    expect(document.applications.map((state: { name: string }) => state.name)).toEqual(
      expect.arrayContaining(['one-app', 'one-argocd', 'one-root']),
    );
    const record = recordOf(folder, 'one');
    second.kill('SIGKILL');
    expect(await second.ended).toBe('SIGKILL');
    expect(await leftOf(record)).toEqual([]);
    expect(documentOf(second)).toEqual(document);
  });

  it('ends what a killed run has left behind with down, its secrets included', async () => {
    expect(existsSync(join(folder, '.argosy/one/credentials'))).toBe(true);
    const down = await run(folder, ['down', '--json']);
    expect([down.code, documentOf(down)]).toMatchObject([0, { version: 1, cluster: 'one', owner: 'none', parts: [] }]);
    const left = readdirSync(join(folder, '.argosy/one'));
    expect(['credentials', 'kubeconfig', 'lock', 'run.json', 'tmp'].filter((name) => left.includes(name))).toEqual([]);
  });

  it('names the part that dies while it starts, and ends the others', async () => {
    const third = up();
    await third.says(/control plane, after/, 'stderr');
    const record = recordOf(folder, 'one');
    process.kill(record.parts.find(({ part }) => part === 'kube-controller-manager')!.pid, 'SIGKILL');
    expect(await third.ended).toBe(2);
    expect(third.stderr).toMatch(/^part-died: kube-controller-manager was ended by SIGKILL$/m);
    expect(third.stderr).toMatch(/its last lines were\n {4}\S/);
    expect(third.stdout).toBe('');
    expect(await leftOf(record)).toEqual([]);
  });

  it('is interrupted while it starts, and leaves nothing', async () => {
    const fourth = up('--json');
    await fourth.says(/kube-apiserver ready/, 'stderr');
    const record = recordOf(folder, 'one');
    fourth.interrupt();
    expect(await fourth.ended, fourth.stderr).toBe(0);
    expect(documentOf(fourth)).toEqual({ version: 1, interrupted: true });
    expect(await leftOf(record)).toEqual([]);
  });

  it('names the part that dies while it runs, and is ended by down', async () => {
    const fifth = up();
    await fifth.says(ready);
    const killed = recordOf(folder, 'one');
    process.kill(killed.parts.find(({ part }) => part === 'kwok')!.pid, 'SIGKILL');
    expect(await fifth.ended).toBe(2);
    expect(fifth.stderr).toMatch(
      /^part-died: kwok was ended by SIGKILL\n {2}at: {2}.*kwok\.log {2}kwok\n {2}why: its last lines were\n {4}\S/m,
    );
    expect(await leftOf(killed)).toEqual([]);

    const sixth = up('--keep');
    await sixth.says(ready);
    const record = recordOf(folder, 'one');
    const down = await run(folder, ['down']);
    expect(down).toEqual({ code: 0, stdout: `one: ended (process ${sixth.pid})\n`, stderr: '' });
    expect(await sixth.ended).toBe(0);
    expect(await leftOf(record)).toEqual([]);
  });
});

/** The API server's answer to a ConfigMap of the fleet, asked without kubectl. */
async function kubernetes(folder: string, name: string): Promise<number> {
  const text = readFileSync(join(folder, '.argosy/one/kubeconfig'), 'utf8');
  const { clusters, users } = parse(text) as any;
  const api = new Api(clusters[0].cluster.server, users[0].user.token, clusters[0].cluster['certificate-authority']);
  try {
    return (await api.call('GET', `/api/v1/namespaces/argocd/configmaps/${name}`)).status;
  } finally {
    api.close();
  }
}
