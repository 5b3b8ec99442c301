import { isUtf8 } from 'node:buffer';
import { ArgosyError } from '../lib/kube';

export interface DownloadOptions {
  /**
   * Most milliseconds that all of it may take.
   * @default 30_000
   */
  readonly timeoutMs?: number;
  /**
   * Most bytes, after decompression.
   * @default 4_194_304
   */
  readonly maximumBytes?: number;
}

const maximumRedirects = 3;

/**
 * Why a text may not be read from an address, or undefined where it may: HTTPS alone, save for loopback, and no
 * credentials, since an address is shown in errors.
 */
export function refusedUrl(address: string): string | undefined {
  if (!URL.canParse(address)) return 'it is not an absolute URL';
  const { protocol, hostname, username, password, search, hash } = new URL(address);
  if (username || password) return 'it holds credentials';
  if (search || hash) return 'it holds a query or a fragment';
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return undefined;
  return 'it must start with https://';
}

/**
 * Reads a text over HTTPS, in bounded time and size. Follows redirects to the same host only; sends no credentials.
 *
 * @throws ArgosyError `download-failed`
 */
export async function downloadText(address: string, options: DownloadOptions = {}): Promise<string> {
  const { timeoutMs = 30_000, maximumBytes = 4_194_304 } = options;
  const refused = refusedUrl(address);
  if (refused !== undefined) throw failed('the address', refused);
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await follow(address, deadline);
    if (response.status !== 200) throw failed(address, `the server answered ${response.status}`);
    return await readBody(address, response, maximumBytes);
  } catch (cause) {
    if (cause instanceof ArgosyError) throw cause;
    if (deadline.aborted) throw failed(address, `it took more than ${timeoutMs} ms`);
    const { code, message } = ((cause as Error).cause ?? cause) as NodeJS.ErrnoException;
    throw failed(address, code ?? message, cause);
  }
}

async function follow(address: string, signal: AbortSignal): Promise<Response> {
  let at = address;
  for (let hop = 0; hop <= maximumRedirects; hop++) {
    const response = await fetch(at, { redirect: 'manual', signal, headers: { 'user-agent': 'argosy' } });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return response;
    await response.body?.cancel();
    const next = URL.canParse(location, at) ? new URL(location, at) : undefined;
    if (next?.origin !== new URL(at).origin || refusedUrl(next.href) !== undefined) {
      throw failed(at, `it redirects to ${next ? next.host || next.protocol : 'something that is not an address'}`);
    }
    at = next.href;
  }
  throw failed(address, `it redirects more than ${maximumRedirects} times`);
}

async function readBody(address: string, response: Response, maximumBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maximumBytes) throw failed(address, `it sends more than ${maximumBytes} bytes`);
    chunks.push(chunk);
  }
  const text = decodeUtf8(Buffer.concat(chunks));
  if (text === undefined) throw failed(address, 'it is not UTF-8');
  return text;
}

/** Bytes as text, or undefined where they are not UTF-8: replaced characters would change what they say. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? new TextDecoder().decode(bytes) : undefined;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function failed(address: string, why: string, cause?: unknown): ArgosyError {
  return new ArgosyError({
    code: 'download-failed',
    what: `${address}: ${why}`,
    why: 'the bootstrap reads it over HTTPS, from one host, in bounded time and size',
    fix: 'check the address and the network, or point argosy:crds at a local folder',
    ...(cause !== undefined && { cause }),
  });
}
