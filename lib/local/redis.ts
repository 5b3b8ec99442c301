import { createConnection } from 'node:net';
import { join } from 'node:path';
import { secret } from './credentials';
import { partEnvironment } from './environment';
import type { Programs } from './programs';
import type { StateFolder } from './state';
import type { PartSpec } from './supervisor';

/** Redis, in memory alone: Argo CD keeps in it what it can compute again. The password is never an argument. */
export function redis(
  state: StateFolder,
  { redis: { program, flavour } }: Programs,
  port: number,
  password: string,
): PartSpec {
  const shared = {
    part: 'redis',
    program,
    level: 0,
    ready: () => answers(port, password),
  };
  if (flavour === 'built') {
    return {
      ...shared,
      env: { ...partEnvironment(state), REDIS_PASSWORD: password },
      args: [`--bind=127.0.0.1:${port}`],
    };
  }
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${JSON.stringify(password)}`,
    `dir ${JSON.stringify(state.tmp)}`,
    'save ""',
    'appendonly no',
    'daemonize no',
    'maxmemory 128mb',
    'maxmemory-policy allkeys-lru',
  ];
  const file = secret(join(state.credentials, 'redis.conf'), `${lines.join('\n')}\n`);
  return { ...shared, env: partEnvironment(state), args: [file] };
}

/** Whether a Redis that knows this password answers: a stranger on the port does not count. */
function answers(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    let text = '';
    const socket = createConnection({ host: '127.0.0.1', port });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => done(false));
    socket.on('error', () => done(false));
    socket.on('close', () => done(false));
    socket.on('connect', () => socket.write(command('AUTH', password) + command('PING')));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (text.startsWith('+OK\r\n+PONG')) done(true);
      else if (text.startsWith('-')) done(false);
    });
  });
}

/** One command of the Redis protocol. */
function command(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
