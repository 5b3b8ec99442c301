import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ArgosyError } from '../../../lib/kube/error';
import { isRunning } from '../../../lib/local/identity';
import { until } from '../../../lib/local/poll';
import type { Progress } from '../../../lib/local/progress';
import { findRun, openState } from '../../../lib/local/state';
import { Supervisor } from '../../../lib/local/supervisor';
import { failure, fakePart, folder } from './fakes';

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

function exists(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(join('/proc', String(pid), 'status'), 'utf8'));
  } catch {
    return false;
  }
}
