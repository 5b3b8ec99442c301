import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { downState } from '../../../lib/local/down';
import { startOf } from '../../../lib/local/identity';
import { openState } from '../../../lib/local/state';
import { folder, startOwner } from './fakes';

describe('down', () => {
  it('does nothing where nothing runs, and makes no folder', async () => {
    const path = join(folder(), 'none');
    expect(await downState(path)).toEqual({ folder: path, owner: 'none', parts: [] });
    expect(existsSync(path)).toBe(false);
  });

  it('asks the owner to stop, and waits until it has', async () => {
    const path = folder();
    const owner = startOwner(path);
    await owner.line('up');
    const pids = (await owner.line('parts')).split(' ').map(Number);
    expect(await downState(path)).toEqual({ folder: path, owner: 'stopped', pid: owner.pid, parts: [] });
    expect(await owner.exited).toBe(0);
    expect(pids.some((pid) => startOf(pid) !== undefined)).toBe(false);
    expect(await downState(path)).toEqual({ folder: path, owner: 'none', parts: [] });
  });

  it('ends an owner that does not stop, and its parts', async () => {
    const path = folder();
    const owner = startOwner(path, 'stubborn');
    await owner.line('up');
    const pids = (await owner.line('parts')).split(' ').map(Number);
    const result = await downState(path, { patience: 200 });
    expect(result).toMatchObject({ owner: 'killed', pid: owner.pid });
    expect(pids.some((pid) => startOf(pid) !== undefined)).toBe(false);
    expect(readdirSync(path).sort()).toEqual(['home', 'logs']);
  });

  it('ends parts whose owner and watchdog were killed', async () => {
    const path = folder();
    const owner = startOwner(path);
    await owner.line('up');
    process.kill(Number(await owner.line('watchdog')), 'SIGKILL');
    owner.process.kill('SIGKILL');
    await owner.exited;
    const result = await downState(path);
    expect(result.owner).toBe('none');
    expect([...result.parts].sort()).toEqual(['deaf', 'parent', 'plain']);
  });

  it('leaves a folder that this very process holds', async () => {
    const path = folder();
    const state = await openState(path);
    expect(await downState(path)).toEqual({ folder: path, owner: 'none', parts: [] });
    await expect(openState(path)).rejects.toThrow('state-in-use');
    await state.close();
  });
});
