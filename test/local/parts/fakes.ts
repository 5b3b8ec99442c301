import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach } from 'vitest';
import { versions } from '../../../lib/local/parts/pins';

const folders: string[] = [];
const servers: Server[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A new folder whose name holds a space and letters outside ASCII; it goes when the file's tests end. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'argosy pärts-'));
  folders.push(folder);
  return folder;
}

export function put(file: string, content: string | Buffer, mode = 0o644): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

/** A program that says `text`, whatever it is asked. */
export function says(text: string): string {
  return `#!/bin/sh\n/bin/cat <<'END'\n${text}\nEND\n`;
}

/** What each program answers at its pinned version. */
export const answers = {
  etcd: `etcd Version: ${versions.etcd}\nGit SHA: fake`,
  'kube-apiserver': `Kubernetes v${versions.kubernetes}`,
  'kube-controller-manager': `Kubernetes v${versions.kubernetes}`,
  'kube-scheduler': `Kubernetes v${versions.kubernetes}`,
  kwok: `kwok version v${versions.kwok} go1.26.8 (linux/amd64)`,
  argocd: `argocd: v${versions.argocd}+5dde0e2`,
  'redis-server': 'Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64',
} as const;

export const builtRedis = 'flag provided but not defined: -version\nUsage of redis:\n  -bind string\n    \taddress';

/** A folder of programs, for a PATH. */
export function programs(wanted: Readonly<Record<string, string>>): string {
  const folder = scratch();
  for (const [name, text] of Object.entries(wanted)) put(join(folder, name), says(text), 0o755);
  return folder;
}

/** A server on a free loopback port, closed after the test; gives its base address. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface TarEntry {
  readonly name: string;
  readonly content?: string;
  readonly type?: string;
}

/** A .tar.gz of these entries, as ustar. */
export function tarGz(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, content = '', type = '0' }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000755\0', 100);
    header.write(`${Buffer.byteLength(content).toString(8).padStart(11, '0')}\0`, 124);
    header.fill(' ', 148, 156);
    header.write(type, 156);
    header.write('ustar\u000000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const body = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512);
    body.write(content);
    return [header, body];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

export interface FakeGo {
  /** @default go1.26.8 */
  readonly version?: string;
  /** @default local */
  readonly toolchain?: string;
  /** The folder that `go mod download` gives. */
  readonly module?: string;
  /** Shell text in place of a build that works. */
  readonly build?: string;
}

/**
 * A `go` that answers `env`, `mod download` and `build`; the last writes programs that say their pinned
 * versions. Every call is a line of the file `calls` beside it.
 */
export function fakeGo({ version = 'go1.26.8', toolchain = 'local', module = '', build }: FakeGo = {}): string {
  const folder = scratch();
  const made = { ...answers, argocd: `${answers.argocd} (components of Argosy)`, redis: builtRedis };
  for (const [name, text] of Object.entries(made)) put(join(folder, 'made', name), says(text), 0o755);
  const works = `
    for each in "$@"; do
      if [ "$last" = -o ]; then out=$each; fi
      last=$each
      case $each in ./*|*/cmd/*) echo "fake/$each" >&2; cp "${folder}/made/\${each##*/}" "$out";; esac
    done`;
  const script = `#!/bin/sh
    PATH=/usr/bin:/bin
    echo "$*" >> "${folder}/calls"
    case $1 in
      env) echo '${JSON.stringify({ GOVERSION: version, GOTOOLCHAIN: toolchain })}';;
      mod) echo '${JSON.stringify({ Dir: module })}';;
      build) ${build ?? works};;
    esac`;
  put(join(folder, 'go'), script, 0o755);
  return folder;
}
