import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { crdChecksum, readCrds } from '../../infra/crds';
import { argoCdRelease, crdFiles, crdUrl } from '../../lib/operator';
import { crdFolder, crdNames, folderOf, tinyCrd } from './fixtures';

const { version } = argoCdRelease;
const names = Object.values(crdNames).map((plural) => `${plural}.argoproj.io`);
const servers: Server[] = [];

/** Where a server listens that ends with the test. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const crdOf = (url: string | undefined): string => tinyCrd(crdNames[url?.split('/').at(-1) ?? ''] ?? 'unknown');

afterEach(() => {
  vi.unstubAllGlobals();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('CRDs of a folder', () => {
  it('are the three of Argo CD, in the order of the release, with all that they hold', async () => {
    const crds = await readCrds(version, { folder: crdFolder() });
    expect(crds.map(({ metadata }) => metadata.name)).toEqual(names);
    expect(crds[0]).toMatchObject({
      spec: {
        versions: [{ schema: { openAPIV3Schema: { 'x-kubernetes-preserve-unknown-fields': true } } }],
      },
    });
  });

  it.each([
    ['a file that is missing', {}, /ENOENT/],
    ['another CRD', { 'appproject-crd.yaml': tinyCrd('workflows') }, /"workflows.argoproj.io"/],
    ['another group', { 'appproject-crd.yaml': tinyCrd('appprojects', 'example.com') }, /"appprojects.example.com"/],
    ['another kind', { 'appproject-crd.yaml': 'apiVersion: v1\nkind: Namespace\n' }, /"Namespace"/],
    ['an error page', { 'appproject-crd.yaml': '<html>Sign in</html>' }, /"no object"/],
    ['nothing', { 'appproject-crd.yaml': '' }, /0 documents/],
    [
      'more than one object',
      { 'appproject-crd.yaml': `${tinyCrd('appprojects')}---\n${tinyCrd('evil')}` },
      /2 documents/,
    ],
    ['no YAML', { 'appproject-crd.yaml': 'a: [' }, /not YAML/],
    ['a key twice', { 'appproject-crd.yaml': `${tinyCrd('appprojects')}kind: Namespace\n` }, /not YAML/],
    ['aliases', { 'appproject-crd.yaml': `x: &a [1]\ny: [*a, *a]\n${tinyCrd('appprojects')}` }, /not YAML/],
  ])('are refused for %s, with the name of the file', async (what, files, text) => {
    const folder = what === 'a file that is missing' ? folderOf({}) : crdFolder();
    for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
    const refused = readCrds(version, { folder });
    await expect(refused).rejects.toMatchObject({ code: 'invalid-crds', message: expect.stringMatching(text) });
    await expect(refused).rejects.toThrow(/-crd\.yaml/);
  });

  const module = `/root/go/pkg/mod/github.com/argoproj/argo-cd/v3@v${version}/manifests/crds`;
  it.runIf(existsSync(module))('are read whole from the real release, which is the pinned one', async () => {
    const crds = await readCrds(version, { folder: module });
    expect(crds.map(({ metadata }) => metadata.name)).toEqual(names);
    expect(JSON.stringify(crds[1]).length).toBeGreaterThan(262_144);
    vi.stubGlobal('fetch', async (url: string) => new Response(readFileSync(join(module, url.split('/').at(-1)!))));
    expect(await readCrds(version)).toEqual(crds);
  });
});

describe('CRDs of a URL', () => {
  it('are read from the home of the release by default, with its checksums', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (url: string) => {
      asked.push(url);
      return new Response(crdOf(url));
    });
    await expect(readCrds(version)).rejects.toMatchObject({
      code: 'invalid-crds',
      message: expect.stringContaining('SHA-256'),
    });
    expect(asked.sort()).toEqual(crdFiles.map((file) => `${crdUrl(version)}/${file}`));
    expect(crdFiles.map((file) => crdChecksum(file))).toEqual(
      crdFiles.map(() => expect.stringMatching(/^[0-9a-f]{64}$/)),
    );
  });

  it('are read from a mirror, and through redirects on it', async () => {
    const url = await serve(({ url }, response) => {
      if (url?.startsWith('/old')) response.writeHead(302, { location: url.replace('/old', '/new') }).end();
      else response.end(crdOf(url));
    });
    expect(await readCrds(version, { url: `${url}/old/` })).toHaveLength(3);
  });

  it('are not read through a redirect to another host, which is named', async () => {
    const other = await serve(({ url }, response) => response.end(crdOf(url)));
    const url = await serve((request, response) => response.writeHead(302, { location: other + request.url }).end());
    await expect(readCrds(version, { url })).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining(`redirects to ${new URL(other).host}`),
    });
  });

  it.each<[string, RequestListener, RegExp]>([
    ['does not answer', () => undefined, /more than 200 ms/],
    ['falls silent', (_, response) => void response.write('apiVersion:'), /more than 200 ms/],
    ['sends too much', (_, response) => response.end('#'.repeat(100_000)), /more than 50000 bytes/],
    ['sends what is not UTF-8', (_, response) => response.end(Buffer.from([0xff, 0xfe, 0x00])), /not UTF-8/],
    ['has no such file', (_, response) => response.writeHead(404).end(), /answered 404/],
    [
      'redirects for ever',
      (request, response) => response.writeHead(302, { location: request.url }).end(),
      /more than 3/,
    ],
    ['hangs up', ({ socket }) => void socket.destroy(), /UND_ERR_SOCKET|ECONNRESET/],
  ])('are an error within its time when the server %s', async (_, listener, text) => {
    const url = await serve(listener);
    const refused = readCrds(version, { url }, { timeoutMs: 200, maximumBytes: 50_000 });
    await expect(refused).rejects.toMatchObject({ code: 'download-failed', message: expect.stringMatching(text) });
  });

  it('are an error when nobody listens', async () => {
    const url = await serve(() => undefined);
    await new Promise((resolve) => servers.pop()!.close(resolve));
    await expect(readCrds(version, { url })).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('are refused over plain HTTP and from addresses with credentials, which are not shown', async () => {
    await expect(readCrds(version, { url: 'http://mirror.example.com' })).rejects.toThrow(/https:\/\//);
    const refused = readCrds(version, { url: 'https://me:pass-word@mirror.example.com' });
    await expect(refused).rejects.toThrow(/credentials/);
    await expect(refused).rejects.not.toThrow(/pass-word/);
  });
});
