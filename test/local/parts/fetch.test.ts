import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetchFile, fetchText, hopRefused, shownUrl } from '../../../lib/local/parts/fetch';
import { scratch, serve } from './fakes';

const options = { answerMs: 2000, stallMs: 2000, downloadMs: 5000, limit: 1 << 20 };

describe('a request', () => {
  it.each<[string, string | undefined, string | undefined]>([
    ['https://a.example/x', undefined, undefined],
    ['https://b.example/x', 'https://a.example/x', undefined],
    ['http://127.0.0.1:1/x', undefined, undefined],
    ['http://[::1]:1/x', 'http://localhost:2/', undefined],
    ['http://a.example/x', undefined, 'plain http is for loopback addresses alone'],
    ['http://127.0.0.1.evil.example/x', undefined, 'plain http is for loopback addresses alone'],
    ['http://a.example/x', 'https://a.example/x', 'plain http is for loopback addresses alone'],
    ['http://127.0.0.1/x', 'https://a.example/x', 'it leads from https to http'],
    ['file:///etc/passwd', 'https://a.example/x', 'the protocol file: is not https:'],
    ['https://user:secret@a.example/x', undefined, 'the address holds credentials'],
  ])('to %s from %s: %s', (to, from, refused) => {
    expect(hopRefused(new URL(to), from === undefined ? undefined : new URL(from))).toBe(refused);
  });

  it('is shown without its query and its credentials', () => {
    expect(shownUrl(new URL('https://user:secret@a.example/x?sig=secret#secret'))).toBe('https://a.example/x');
  });
});

describe('a download', () => {
  it('streams to disk, tells how far it is, and says what arrived', async () => {
    const body = Buffer.alloc(300_000, 'argosy');
    const base = await serve((_, response) => response.writeHead(200, { 'content-length': body.length }).end(body));
    const file = join(scratch(), 'asset');
    const told: (number | undefined)[][] = [];
    const got = await fetchFile(`${base}/asset`, file, { ...options, onBytes: (...args) => told.push(args) });
    expect(got).toEqual({ sha256: createHash('sha256').update(body).digest('hex'), size: body.length });
    expect(readFileSync(file).equals(body)).toBe(true);
    expect(told.at(-1)).toEqual([body.length, body.length]);
  });

  it('follows redirects on this machine, and sends no credentials anywhere', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const target = await serve((request, response) => {
      seen.push(request.headers);
      response.end('here');
    });
    const base = await serve((request, response) => {
      seen.push(request.headers);
      response.writeHead(302, { location: `${target}/x`, 'set-cookie': 'session=1' }).end();
    });
    expect(await fetchText(base, options)).toBe('here');
    expect(seen.map((headers) => Object.keys(headers).sort())).toEqual(
      Array.from({ length: 2 }, () => ['accept', 'accept-encoding', 'connection', 'host', 'user-agent']),
    );
  });

  it.each([
    ['http://other.example/x', 'redirect from 127.0.0.1:PORT refused: plain http is for loopback addresses alone'],
    ['http://user:secret@127.0.0.1/x', 'redirect from 127.0.0.1:PORT refused: the address holds credentials'],
    ['file:///etc/passwd', 'redirect from 127.0.0.1:PORT refused: the protocol file: is not https:'],
    ['http://[', 'it redirects to something that is not an address'],
  ])('refuses a redirect to %s', async (location, why) => {
    const base = await serve((_, response) => response.writeHead(302, { location }).end());
    await expect(fetchText(base, options)).rejects.toThrow(why.replace('PORT', new URL(base).port));
    await expect(fetchText(base, options)).rejects.not.toThrow('secret');
  });

  it('gives up on redirects in a circle', async () => {
    const base = await serve((_, response) => response.writeHead(301, { location: '/again' }).end());
    await expect(fetchText(base, options)).rejects.toThrow('more than 5 redirects');
  });

  it.each([404, 403, 500, 204])('fails when the answer is %i', async (status) => {
    const base = await serve((_, response) => response.writeHead(status).end());
    await expect(fetchText(base, options)).rejects.toThrow(`${base}/: it answered ${status}`);
  });

  it('fails when the body is cut, with and without a length', async () => {
    const known = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('only this', () => response.destroy());
    });
    await expect(fetchText(known, options)).rejects.toThrow('it ended after 9 of 1000 bytes');
    const chunked = await serve((_, response) => {
      response.writeHead(200);
      response.write('only this', () => response.destroy());
    });
    await expect(fetchText(chunked, options)).rejects.toThrow('it ended after 9 bytes');
  });

  it('stops at the limit, announced or not', async () => {
    const announced = await serve((_, response) => response.writeHead(200, { 'content-length': 2 << 20 }).end());
    await expect(fetchText(announced, options)).rejects.toThrow('2097152 bytes are more than 1048576');
    const endless = await serve((_, response) => {
      const more = () => response.write(Buffer.alloc(1 << 16), (error) => error ?? more());
      more();
    });
    await expect(fetchText(endless, options)).rejects.toThrow('it sends more than 1048576 bytes');
  });

  it('notices a server that does not answer, falls silent, or drips for ever', async () => {
    const mute = await serve(() => undefined);
    await expect(fetchText(mute, { ...options, answerMs: 30 })).rejects.toThrow('no answer in 30 ms');
    const silent = await serve((_, response) => void response.write('a'));
    await expect(fetchText(silent, { ...options, stallMs: 30 })).rejects.toThrow('it fell silent for 30 ms');
    const dripping = await serve((_, response) => {
      const timer = setInterval(() => response.write('.'), 5);
      response.on('close', () => clearInterval(timer));
    });
    await expect(fetchText(dripping, { ...options, downloadMs: 60 })).rejects.toThrow('it took more than 60 ms');
  });

  it('says at once that nobody listens', async () => {
    const base = await serve(() => undefined);
    const free = base.replace(/:\d+$/, ':1');
    await expect(fetchText(free, options)).rejects.toThrow(`download-failed: ${free}/: ECONNREFUSED`);
  });

  it('ends with the signal, in its words', async () => {
    const abort = new AbortController();
    const base = await serve((_, response) => {
      response.write('a');
      abort.abort(new RangeError('stop'));
    });
    await expect(fetchText(base, { ...options, signal: abort.signal })).rejects.toThrow('stop');
  });

  it('never writes over a file', async () => {
    const base = await serve((_, response) => response.end('new'));
    const file = join(scratch(), 'asset');
    await fetchFile(base, file, options);
    await expect(fetchFile(base, file, options)).rejects.toThrow('EEXIST');
    expect(existsSync(file)).toBe(true);
  });
});
