import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePorts, onFreePorts } from '../../../lib/local/ports';
import { openState } from '../../../lib/local/state';
import { Supervisor } from '../../../lib/local/supervisor';
import { failure, fakePart, folder } from './fakes';

async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function listenOn(choose: (count: number) => Promise<readonly number[]>) {
  const state = await openState(folder());
  const processes = new Supervisor(state);
  onTestFinished(async () => {
    await processes.stopAll(100);
    await state.close();
  });
  const program = `require('net').createServer().listen(+process.argv[1], '127.0.0.1', () => console.log('listens'))`;
  return onFreePorts(
    1,
    async ([port = 0]) => {
      await processes.start({
        ...fakePart('server', ''),
        program: process.execPath,
        args: ['-e', program, String(port)],
        ready: async () => (await import('node:fs')).readFileSync(state.logOf('server'), 'utf8').includes('listens'),
      });
      return port;
    },
    () => processes.stop(['server']),
    choose,
  );
}

describe('ports', () => {
  it('chosen at once all differ', async () => {
    const ports = await freePorts(50);
    expect(new Set(ports).size).toBe(50);
    expect(ports.every((port) => port > 1023)).toBe(true);
  });

  it('that another program takes before the part binds are chosen anew', async () => {
    const taken = await takenPort();
    const [free = 0] = await freePorts(1);
    const offers = [[taken], [taken], [free]];
    expect(await listenOn(async () => offers.shift() ?? [])).toBe(free);
  });

  it('that are taken three times give up, with the part named', async () => {
    const taken = await takenPort();
    const { code, message } = await failure(listenOn(async () => [taken]));
    expect(code).toBe('port-taken');
    expect(message).toContain(`server found its port taken three times (last: ${taken})`);
  });

  it('are not tried again when the part ended for another reason', async () => {
    let tries = 0;
    const attempt = onFreePorts(
      1,
      async () => {
        tries += 1;
        throw new Error('something else');
      },
      async () => undefined,
    );
    await expect(attempt).rejects.toThrow('something else');
    expect(tries).toBe(1);
  });
});
