import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { ArgosyError } from '../kube/error';
import { DiedBeforeReady } from './supervisor';

/**
 * Free ports of loopback, all held at once while they are chosen, so that they differ. Between
 * the choice and the part's own bind another program may take one: see {@link onFreePorts}.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held = await Promise.all(Array.from({ length: count }, hold));
  const ports = held.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

function hold(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/**
 * Runs `attempt` on free ports; when a part dies because another program took one meanwhile,
 * `undo` ends what the attempt had started, and it is tried again with new ports, three times
 * in all.
 */
export async function onFreePorts<T>(
  count: number,
  attempt: (ports: readonly number[]) => Promise<T>,
  undo: () => Promise<void>,
  choose: (count: number) => Promise<readonly number[]> = freePorts,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const ports = await choose(count);
    try {
      return await attempt(ports);
    } catch (error) {
      await undo();
      if (!(error instanceof DiedBeforeReady) || !error.portTaken) throw error;
      if (tries < 3) continue;
      throw new ArgosyError({
        code: 'port-taken',
        where: { object: error.part },
        what: `${error.part} found its port taken three times (last: ${ports.join(', ')})`,
        why: 'every part listens on a port of 127.0.0.1 that was free a moment before',
        fix: 'look for a program that binds every new port on loopback, then run the command again',
        cause: error,
      });
    }
  }
}
