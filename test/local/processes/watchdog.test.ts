import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startOf } from '../../../lib/local/identity';
import { until } from '../../../lib/local/poll';
import { openState } from '../../../lib/local/state';
import { Watchdog } from '../../../lib/local/watchdog';
import { folder, startOwner } from './fakes';

/** Pids of the processes that carry the run's mark. */
function carriers(run: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && startOf(Number(name)) !== undefined)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`ARGOSY_RUN=${run}`);
      } catch {
        return false;
      }
    });
}

describe('when argosy is killed', () => {
  it.runIf(process.platform === 'linux')(
    'the watchdog ends every part, deaf ones and grandchildren too, and itself',
    async () => {
      const path = folder();
      const owner = startOwner(path);
      await owner.line('up');
      const run = await owner.line('run');
      const watchdog = Number(await owner.line('watchdog'));
      expect(carriers(run).length).toBeGreaterThanOrEqual(4);
      owner.process.kill('SIGKILL');
      await owner.exited;
      expect(await until(() => carriers(run).length === 0, { deadline: 5000 })).toBe(true);
      expect(await until(() => startOf(watchdog) === undefined, { deadline: 5000 })).toBe(true);
      await (await openState(path)).close();
    },
  );

  it('the next run finds the folder usable even when the watchdog was killed first', async () => {
    const path = folder();
    const owner = startOwner(path);
    await owner.line('up');
    const pids = (await owner.line('parts')).split(' ').map(Number);
    process.kill(Number(await owner.line('watchdog')), 'SIGKILL');
    owner.process.kill('SIGKILL');
    await owner.exited;
    expect(pids.every((pid) => startOf(pid) !== undefined)).toBe(true);
    await (await openState(path)).close();
    expect(pids.some((pid) => startOf(pid) !== undefined)).toBe(false);
  });
});

describe('the watchdog', () => {
  it('costs little to start and leaves what was withdrawn', async () => {
    const watchdog = new Watchdog('nobody');
    watchdog.announce(process.pid);
    watchdog.withdraw(process.pid);
    watchdog.withdraw(1);
    await watchdog.end();
    await watchdog.end();
  });
});
