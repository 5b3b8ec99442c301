import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import { ArgosyError } from '../../kube/error';
import { cacheUnusable } from './cache-folder';

export interface FetchOptions {
  /** How long a server may take to answer; a dead network is noticed in this time. */
  readonly answerMs: number;
  /** How long it may fall silent in the middle of a body. */
  readonly stallMs: number;
  /** How long all of it may take. */
  readonly downloadMs: number;
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: (done: number, total: number | undefined) => void;
}

const maxRedirects = 5;

/**
 * Why a request may not go to `to`, coming from `from`; undefined when it may. HTTPS everywhere; plain
 * HTTP only from this machine to itself; no credentials in an address.
 */
export function hopRefused(to: URL, from?: URL): string | undefined {
  if (to.username || to.password) return 'the address holds credentials';
  if (to.protocol === 'https:') return undefined;
  if (to.protocol !== 'http:') return `the protocol ${to.protocol} is not https:`;
  if (!isLoopback(to.hostname)) return 'plain http is for loopback addresses alone';
  if (from && !(from.protocol === 'http:' && isLoopback(from.hostname))) return 'it leads from https to http';
  return undefined;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** An address fit to print: where a release is served from signs its queries, and a mirror may have credentials. */
export function shownUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** A small text; throws `download-failed`. */
export async function fetchText(address: string, options: FetchOptions): Promise<string> {
  const chunks: Buffer[] = [];
  await fetchBody(address, options, (chunk) => void chunks.push(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** Streams a body into a new file and says what arrived; throws `download-failed`. It decides nothing about it. */
export async function fetchFile(
  address: string,
  file: string,
  options: FetchOptions,
): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256');
  const handle = await open(file, 'wx', 0o600);
  try {
    const size = await fetchBody(address, options, async (chunk) => {
      hash.update(chunk);
      await handle.writeFile(chunk).catch((error: unknown) => {
        throw cacheUnusable(file, error);
      });
    });
    return { sha256: hash.digest('hex'), size };
  } finally {
    await handle.close();
  }
}

async function fetchBody(
  address: string,
  options: FetchOptions,
  take: (chunk: Buffer) => void | Promise<void>,
): Promise<number> {
  const deadline = AbortSignal.timeout(options.downloadMs);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  const { url, body } = await follow(address, options, signal);
  const announced = Number.parseInt(body.headers['content-length'] ?? '', 10);
  const total = Number.isNaN(announced) ? undefined : announced;
  const silent = setTimeout(() => {
    body.destroy(failed(url, `it fell silent for ${options.stallMs} ms`));
  }, options.stallMs);
  let done = 0;
  try {
    if (total !== undefined && total > options.limit)
      throw failed(url, `${total} bytes are more than ${options.limit}`);
    for await (const chunk of body as AsyncIterable<Buffer>) {
      silent.refresh();
      done += chunk.length;
      if (done > options.limit) throw failed(url, `it sends more than ${options.limit} bytes`);
      await take(chunk);
      options.onBytes?.(done, total);
    }
    if (total !== undefined && done !== total) throw failed(url, `it ended after ${done} of ${total} bytes`);
    return done;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof ArgosyError) throw error;
    if (deadline.aborted) throw failed(url, `it took more than ${options.downloadMs} ms`);
    throw failed(url, `it ended after ${done}${total === undefined ? '' : ` of ${total}`} bytes`, error);
  } finally {
    clearTimeout(silent);
    body.destroy();
  }
}

async function follow(address: string, options: FetchOptions, signal: AbortSignal) {
  let url = new URL(address);
  let from: URL | undefined;
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const refused = hopRefused(url, from);
    if (refused) throw failed(url, from ? `redirect from ${from.host} refused: ${refused}` : refused);
    const body = await request(url, options, signal);
    const status = body.statusCode ?? 0;
    if (status === 200) return { url, body };
    body.on('error', () => undefined).destroy();
    const location = body.headers.location;
    if (status < 300 || status > 399 || location === undefined) throw failed(url, `it answered ${status}`);
    from = url;
    if (!URL.canParse(location, url.href)) throw failed(url, 'it redirects to something that is not an address');
    url = new URL(location, url);
  }
  throw failed(url, `more than ${maxRedirects} redirects`);
}

function request(url: URL, options: FetchOptions, signal: AbortSignal): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { get } = (url.protocol === 'https:' ? https : http) as typeof http;
    const headers = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'argosy' };
    const sent = get(url, { agent: false, headers, signal }, (body) => {
      clearTimeout(late);
      resolve(body);
    });
    const late = setTimeout(() => {
      sent.destroy(failed(url, `no answer in ${options.answerMs} ms`));
    }, options.answerMs);
    sent.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(late);
      if (options.signal?.aborted) reject(options.signal.reason as Error);
      else reject(error instanceof ArgosyError ? error : failed(url, error.code ?? error.message, error));
    });
  });
}

export function failed(url: URL, why: string, cause?: unknown): ArgosyError {
  return new ArgosyError({
    code: 'download-failed',
    what: `${shownUrl(url)}: ${why}`,
    why: 'a release is taken only whole, over HTTPS and with its published checksum',
    fix: 'try again, or use another way to get this part',
    ...(cause === undefined ? {} : { cause }),
  });
}
