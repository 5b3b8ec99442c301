import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StateFolder } from './state';

/**
 * The environment that every part gets: an allowlist, not the parent's. Home, temporary and XDG
 * folders lie in the state folder, so that no part writes elsewhere or reads the user's settings.
 */
export function partEnvironment(state: StateFolder, path = '/usr/bin:/bin'): Record<string, string> {
  return {
    PATH: path,
    HOME: state.home,
    TMPDIR: state.tmp,
    XDG_CONFIG_HOME: folder(state.home, '.config'),
    XDG_CACHE_HOME: folder(state.home, '.cache'),
    XDG_DATA_HOME: folder(state.home, '.local'),
    LC_ALL: 'C.UTF-8',
  };
}

/** What reaches the network on the user's behalf also needs the user's proxy and certificates. */
export function networkEnvironment(from: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const names = [
    'HTTPS_PROXY',
    'HTTP_PROXY',
    'NO_PROXY',
    'https_proxy',
    'http_proxy',
    'no_proxy',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
  ];
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}

function folder(...segments: readonly string[]): string {
  const path = join(...segments);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}
