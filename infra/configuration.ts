import { resolve } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import type { ChartSource } from './chart';
import { ConfigurationReader, type ConfigurationSource } from './configuration-reader';
import type { CrdSource } from './crds';
import type { RepositoryCredentials } from './credentials';
import { refusedUrl } from './download';

/** What a stack may set. `lib/docs/bootstrap.md` describes each key. */
export interface StackConfiguration {
  readonly repositoryUrl?: string;
  readonly repositoryRevision?: string;
  readonly selfManagement?: 'chart' | 'settings';
  readonly crds?: CrdSource;
  readonly chart: ChartSource;
  readonly redisPassword: pulumi.Output<string>;
  readonly repositoryCredentials?: RepositoryCredentials;
  readonly kubeconfig?: pulumi.Input<string>;
  readonly context?: string;
}

/** The keys, without their namespace `argosy:`. */
export const configurationKeys = [
  'chart',
  'context',
  'crds',
  'kubeconfig',
  'redisPassword',
  'repositoryCredentials',
  'repositoryRevision',
  'repositoryUrl',
  'selfManagement',
] as const;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads and checks a stack's configuration. Paths are relative to `root`. Secrets come back as secret outputs: they
 * can be passed on, and not printed.
 *
 * @throws ArgosyError `invalid-configuration`, or an AggregateError of several
 */
export function readConfiguration(
  source: ConfigurationSource = stackSource(),
  root: string = pulumi.getRootDirectory() || process.cwd(),
): StackConfiguration {
  const reader = new ConfigurationReader(source);
  const read: Writable<Omit<StackConfiguration, 'redisPassword'>> = {
    chart: chart(reader, root) ?? { from: 'repository' },
  };
  for (const key of ['repositoryUrl', 'repositoryRevision', 'context'] as const) {
    const value = reader.text(key);
    if (value !== undefined) read[key] = value;
  }
  const selfManagement = reader.choice('selfManagement', ['chart', 'settings']);
  if (selfManagement) read.selfManagement = selfManagement;
  const from = crds(reader, root);
  if (from) read.crds = from;
  const access = kubeconfig(reader, root);
  if (access !== undefined) read.kubeconfig = access;
  const credentials = repositoryCredentials(reader);
  if (credentials) read.repositoryCredentials = credentials;
  const password = redisPassword(reader);
  reader.finish(configurationKeys);
  return { ...read, redisPassword: pulumi.secret(password!) };
}

/** The configuration of the stack that runs. */
function stackSource(): ConfigurationSource {
  // The SDK has no public way to ask whether a key is a secret; without an answer nothing counts as one.
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
  const isSecret = (key: string): boolean => isConfigSecret?.(key) ?? false;
  return { stack: pulumi.getStack(), values: pulumi.runtime.allConfig(), isSecret };
}

function redisPassword(reader: ConfigurationReader): string | undefined {
  const key = 'redisPassword';
  const fix = `openssl rand -base64 24 | pulumi config set --secret argosy:${key}`;
  const missing = reader.text(key) === undefined;
  if (missing) reader.refuse(key, 'it is not set', "Argo CD's Redis is not run without a password", fix);
  const password = reader.secret(key);
  if (password === undefined || /^\S{8,512}$/.test(password)) return password;
  reader.refuse(key, 'its value is not fit for a password', 'it is 8 to 512 characters without white space', fix);
  return undefined;
}

function repositoryCredentials(reader: ConfigurationReader): RepositoryCredentials | undefined {
  const key = 'repositoryCredentials';
  const shape = '{ username, password } or { sshPrivateKey }, all of them texts';
  const fields = reader.mapping(key, reader.secret(key), shape);
  if (fields === undefined) return undefined;
  const { username, password, sshPrivateKey } = fields;
  const count = Object.keys(fields).length;
  if (username !== undefined && password !== undefined && count === 2) {
    return { username: pulumi.secret(username), password: pulumi.secret(password) };
  }
  // `pulumi config set` drops the last line's end, without which OpenSSH reads no key.
  if (sshPrivateKey !== undefined && count === 1)
    return { sshPrivateKey: pulumi.secret(`${sshPrivateKey.trimEnd()}\n`) };
  reader.refuse(key, 'it has a field too many or too few', `it is ${shape}`, 'set the missing, remove the others');
  return undefined;
}

function crds(reader: ConfigurationReader, root: string): CrdSource | undefined {
  const value = reader.text('crds');
  if (value === undefined) return undefined;
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return { folder: resolve(root, value) };
  const refused = refusedUrl(value);
  if (refused === undefined) return { url: value };
  reader.refuse(
    'crds',
    `its URL is refused: ${refused}`,
    'it is a folder, or a URL that starts with https://',
    'use one',
  );
  return undefined;
}

function chart(reader: ConfigurationReader, root: string): ChartSource | undefined {
  const shape = '{ from: repository, url? }, { from: oci, url? } or { from: folder, path }';
  const fields = reader.mapping('chart', reader.text('chart'), shape);
  if (fields === undefined) return undefined;
  const { from, url, path, ...rest } = fields;
  const few = Object.keys(rest).length === 0;
  if (from === 'folder' && path !== undefined && url === undefined && few) return { from, path: resolve(root, path) };
  if (path === undefined && few) {
    const location = url === undefined ? {} : { url };
    const wanted = url?.replace(/^oci:/, 'https:');
    const fits = url === undefined || (url.startsWith('oci://') === (from === 'oci') && !refusedUrl(wanted!));
    if (fits && (from === 'repository' || from === 'oci')) return { from, ...location };
  }
  reader.refuse(
    'chart',
    `it is ${url === undefined ? reader.show('chart', JSON.stringify(fields)) : 'of another shape, or its URL is refused'}`,
    `it is ${shape}; a repository's URL starts with https://, a registry's with oci://, without credentials`,
    'correct it, or remove it for the public chart repository',
  );
  return undefined;
}

/** A path, or the contents themselves, which hold credentials. */
function kubeconfig(reader: ConfigurationReader, root: string): pulumi.Input<string> | undefined {
  const value = reader.text('kubeconfig');
  if (value === undefined || !/[\n{]/.test(value)) return value === undefined ? undefined : resolve(root, value);
  const contents = reader.secret('kubeconfig');
  return contents === undefined ? undefined : pulumi.secret(contents);
}
