import { readFileSync, rmSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ArgosyError } from '../../../lib/kube/error';
import { isRunning } from '../../../lib/local/identity';
import { until } from '../../../lib/local/poll';
import type { Progress } from '../../../lib/local/progress';
import { findRun, openState } from '../../../lib/local/state';
import { Supervisor } from '../../../lib/local/supervisor';
import { exists, failure, fakePart, folder } from './fakes';

async function supervise(onProgress?: (progress: Progress) => void) {
  const state = await openState(folder());
  const processes = new Supervisor(state, onProgress);
  onTestFinished(async () => {
    await processes.stopAll(100);
    await state.close();
  });
  const log = (part: string) => readFileSync(state.logOf(part), 'utf8');
  const printed = (part: string) => async () => log(part).includes('\n');
  return { state, processes, log, printed };
}

describe('a part', () => {
  it('writes to its log, gets its environment and the mark of the run alone, and stands in run.json', async () => {
    const { state, processes, log, printed } = await supervise();
    const record = await processes.start(
      fakePart('shy', 'env | grep -vE "^(PWD|SHLVL|_|OLDPWD)=" | sort; echo problem >&2; exec sleep 100', {
        env: { PATH: '/usr/bin:/bin', ONLY: 'this' },
        ready: printed('shy'),
      }),
    );
    await until(() => log('shy').includes('problem'), { deadline: 2000 });
    expect(log('shy')).toBe(`ARGOSY_RUN=${state.run}\nONLY=this\nPATH=/usr/bin:/bin\nproblem\n`);
    expect(findRun(state.path)?.parts).toEqual([record]);
    expect(isRunning(record)).toBe(true);
  });

  it('is told starting, ready and stopped, in that order', async () => {
    const told: string[] = [];
    const { processes } = await supervise(({ part, state }) => told.push(`${part} ${state}`));
    await processes.start(fakePart('a', 'exec sleep 100'));
    await processes.stop(['a']);
    expect(told).toEqual(['a starting', 'a ready', 'a stopped']);
  });

  it('that cannot be started is named', async () => {
    const { processes } = await supervise();
    const { code, message } = await failure(processes.start(fakePart('ghost', '', { program: '/no/such/program' })));
    expect(code).toBe('part-died');
    expect(message).toMatch(/ghost could not be started: .*ENOENT/);
  });

  it('that ends before it is ready is named with its exit code and its last 20 lines', async () => {
    const { processes } = await supervise();
    const { code, message } = await failure(
      processes.start(
        fakePart('brief', 'for i in $(seq 1 30); do echo line $i; done; exit 7', { ready: async () => false }),
      ),
    );
    expect(code).toBe('part-died');
    expect(message).toContain('brief ended with exit code 7');
    expect(message).not.toContain('line 10\n');
    expect(message).toContain('line 11\n');
    expect(message).toContain('line 30');
  });

  it('cannot drive the terminal through the lines of its log', async () => {
    const { processes } = await supervise();
    const { message } = await failure(
      processes.start(
        fakePart('rude', `printf '\\033[2Jgone\\007 \\302\\233 end\\n'; exit 1`, { ready: async () => false }),
      ),
    );
    expect(message).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(message).toContain('gone');
  });

  it('that does not become ready in time is named', async () => {
    const { processes } = await supervise();
    const { code, message } = await failure(
      processes.start(fakePart('slow', 'echo thinking; exec sleep 100', { ready: async () => false, deadline: 200 })),
    );
    expect(code).toBe('part-not-ready');
    expect(message).toContain('slow runs but did not become ready within 0.2 s');
    expect(message).toContain('thinking');
  });

  it('whose start is given up throws the reason', async () => {
    const { processes } = await supervise();
    const control = new AbortController();
    const started = processes.start(fakePart('slow', 'exec sleep 100', { ready: async () => false }), {
      signal: control.signal,
    });
    control.abort(new Error('enough'));
    await expect(started).rejects.toThrow('enough');
  });

  it('that dies while it runs is told to the listeners once, and one that is stopped is not', async () => {
    const { processes, printed } = await supervise();
    const deaths: ArgosyError[] = [];
    processes.onDied((error) => deaths.push(error));
    const record = await processes.start(
      fakePart('mortal', 'echo alive; exec sleep 100', { ready: printed('mortal') }),
    );
    await processes.start(fakePart('calm', 'exec sleep 100'));
    process.kill(record.pid, 'SIGKILL');
    await until(() => deaths.length > 0, { deadline: 2000 });
    await processes.stop(['calm']);
    expect(deaths.map(({ code, report }) => [code, report.what])).toEqual([
      ['part-died', 'mortal was ended by SIGKILL'],
    ]);
    expect(deaths[0]?.message).toContain('    alive');
    expect(processes.parts).toEqual([]);
  });
});

describe('stopping', () => {
  it('ends higher levels first, and what does not listen by force', async () => {
    const order: string[] = [];
    const { processes, printed } = await supervise(({ part, state }) => state === 'stopped' && order.push(part));
    const deaf = `trap '' TERM; echo up; while :; do sleep 0.05; done`;
    await processes.start(fakePart('base', 'exec sleep 100', { level: 0 }));
    await processes.start(fakePart('deaf', deaf, { level: 1, ready: printed('deaf') }));
    await processes.start(fakePart('top', 'exec sleep 100', { level: 2 }));
    const records = processes.parts;
    await processes.stopAll(150);
    expect(order).toEqual(['top', 'deaf', 'base']);
    expect(records.some(isRunning)).toBe(false);
  });

  it('also ends the children in the group of a part', async () => {
    const { state, processes, log, printed } = await supervise();
    await processes.start(fakePart('parent', 'sleep 1000 & echo $!; exec sleep 1001', { ready: printed('parent') }));
    const child = Number(log('parent'));
    await processes.stopAll();
    expect(await until(() => !exists(child), { deadline: 2000 })).toBe(true);
    expect(findRun(state.path)?.parts).toEqual([]);
  });

  it('may be asked for twice', async () => {
    const { processes } = await supervise();
    await processes.start(fakePart('a', 'exec sleep 100'));
    await Promise.all([processes.stopAll(), processes.stopAll()]);
    await processes.stopAll();
    expect(processes.parts).toEqual([]);
  });
});

describe('a listener', () => {
  it('is told once of a death that it missed, unless the part runs again', async () => {
    const { processes } = await supervise();
    const kill = async (part: string) => {
      process.kill((await processes.start(fakePart(part, 'exec sleep 100'))).pid, 'SIGKILL');
      await until(() => processes.parts.length === 0, { deadline: 2000 });
    };
    await kill('one');
    await kill('two');
    const told: string[] = [];
    const listen = (name: string) => processes.onDied(({ report }) => told.push(`${name}: ${report.where?.object}`));
    listen('a');
    listen('b');
    listen('gone')();
    expect(told).toEqual([]); // never before onDied has returned
    await Promise.resolve();
    expect(told).toEqual(['a: one', 'a: two', 'b: one', 'b: two']);
    await kill('two');
    expect(told.slice(4)).toEqual(['a: two', 'b: two']);
    await processes.start(fakePart('two', 'exec sleep 100'));
    listen('c');
    await Promise.resolve();
    expect(told.slice(6)).toEqual(['c: one']);
  });
});

describe('when the state folder is removed under the parts', () => {
  it('that is told once, deaths are told without their logs, and every part is ended', async () => {
    const { state, processes } = await supervise();
    const deaths: ArgosyError[] = [];
    processes.onDied((error) => deaths.push(error));
    const first = await processes.start(fakePart('first', 'echo alive; exec sleep 100'));
    const second = await processes.start(fakePart('second', 'exec sleep 100'));
    const third = await processes.start(fakePart('third', `exec sleep 100`));
    rmSync(state.path, { recursive: true });
    process.kill(first.pid, 'SIGKILL');
    await until(() => deaths.length === 2, { deadline: 2000 });
    process.kill(second.pid, 'SIGKILL');
    await until(() => deaths.length === 3, { deadline: 2000 });
    expect(deaths.map(({ code, report }) => [code, report.where?.object])).toEqual([
      ['state-unusable', undefined],
      ['part-died', 'first'],
      ['part-died', 'second'],
    ]);
    expect(deaths[1]?.report.why).toBe('it wrote nothing');
    expect((await failure(processes.start(fakePart('fourth', 'exec sleep 100')))).code).toBe('state-unusable');
    await processes.stopAll(100);
    expect(exists(third.pid)).toBe(false);
    expect(deaths).toHaveLength(3);
    await state.close();
  });
});

describe('a signal', () => {
  it('only ever goes to a group, and never to a part that was reaped', async () => {
    const { processes, printed } = await supervise();
    const sent: (readonly [number, unknown])[] = [];
    const kill = process.kill.bind(process);
    const base = await processes.start(fakePart('base', 'exec sleep 100', { level: 0 }));
    const deaf = `trap '' TERM; echo up; while :; do sleep 0.05; done`;
    await processes.start(fakePart('deaf', deaf, { level: 1, ready: printed('deaf') }));
    const spy = vi.spyOn(process, 'kill').mockImplementation((pid, signal) => {
      sent.push([pid, signal]);
      if (sent.length === 1) kill(base.pid, 'SIGKILL'); // it ends while the level above it is being ended
      return kill(pid, signal);
    });
    onTestFinished(() => spy.mockRestore());
    await processes.stopAll(150);
    expect(sent.filter(([pid]) => pid > 0)).toEqual([]);
    expect(sent.filter(([pid]) => pid === -base.pid)).toEqual([[-base.pid, 'SIGKILL']]); // what it left in its group
  });
});

describe('a task', () => {
  const task = (script: string, input?: string) => ({
    ...fakePart('task', script),
    ...(input !== undefined && { input }),
  });

  it('is run to its end, with its input on stdin, and its output added to its log', async () => {
    const { state, processes, log } = await supervise();
    const deaths: ArgosyError[] = [];
    processes.onDied((error) => deaths.push(error));
    await processes.run(task('cat; echo " $ARGOSY_RUN"', 'secret'));
    await processes.run(task('exit 0', 'x'.repeat(1_000_000))); // it never reads
    await processes.run(task('cat; echo again'));
    expect(log('task')).toBe(`secret ${state.run}\nagain\n`);
    expect(processes.parts).toEqual([]);
    expect(deaths).toEqual([]);
  });

  it('that fails is named with its last lines', async () => {
    const { processes } = await supervise();
    const failed = await failure(processes.run(task('echo no; exit 3')));
    expect(failed.code).toBe('part-died');
    expect(failed.message).toMatch(/task ended with exit code 3[^]*    no$/m);
    const ghost = await failure(processes.run({ ...task(''), program: '/no/such/program' }));
    expect(ghost.message).toContain('task could not be started');
  });

  it('is ended with its children by an abort, by force after the grace, and stands in run.json until then', async () => {
    const { state, processes, log, printed } = await supervise();
    const control = new AbortController();
    const deaf = `trap '' TERM; sh -c 'trap "" TERM; echo $$; while :; do sleep 0.05; done' & wait; wait`;
    const running = processes.run(task(deaf), { signal: control.signal, grace: 50 });
    const ended = expect(running).rejects.toThrow('enough');
    await until(printed('task'), { deadline: 2000 });
    const pids = [Number(log('task')), ...(findRun(state.path)?.parts.map(({ pid }) => pid) ?? [])];
    expect(pids.map(exists)).toEqual([true, true]);
    control.abort(new Error('enough'));
    await ended;
    expect(await until(() => !pids.some(exists), { deadline: 2000 })).toBe(true);
    expect(findRun(state.path)?.parts).toEqual([]);
  });

  it('is ended before the parts when all is stopped', async () => {
    const order: string[] = [];
    const { processes } = await supervise(({ part, state }) => state === 'stopped' && order.push(part));
    await processes.start(fakePart('base', 'exec sleep 100'));
    const running = processes.run(task('exec sleep 100')).catch((error: Error) => order.push(error.name));
    await processes.stopAll();
    await running;
    expect(order).toEqual(['AbortError', 'base']);
    expect((await failure(processes.run(task('true')))).code).toBe('AbortError');
  });
});
