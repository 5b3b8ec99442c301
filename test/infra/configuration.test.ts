import { describe, expect, it } from 'vitest';
import { configurationKeys, readConfiguration } from '../../infra/configuration';

const password = { 'argosy:redisPassword': 'correct-horse' };

function read(values: Readonly<Record<string, string>>, secrets: readonly string[] = Object.keys(password)) {
  const all = { ...password, ...values };
  return readConfiguration({ stack: 'staging', values: all, isSecret: (key) => secrets.includes(key) }, '/project');
}

function problems(values: Readonly<Record<string, string>>, secrets?: readonly string[]): string[] {
  try {
    read(values, secrets);
  } catch (error) {
    return ((error as AggregateError).errors ?? [error]).map((each: Error) => each.message);
  }
  return [];
}

describe('the configuration of a stack', () => {
  it('needs a password, and has a default for all else', () => {
    expect(read({})).toEqual({ chart: { from: 'repository' }, redisPassword: expect.anything() });
    const values = {};
    const missing = () => readConfiguration({ stack: 'staging', values, isSecret: () => true }, '/');
    expect(missing).toThrow(/argosy:redisPassword[^]*why: [^]*fix: openssl rand/);
  });

  it('reads paths from the folder of the project', () => {
    expect(read({ 'argosy:crds': 'vendor/crds' }).crds).toEqual({ folder: '/project/vendor/crds' });
    expect(read({ 'argosy:crds': '/srv/crds' }).crds).toEqual({ folder: '/srv/crds' });
    expect(read({ 'argosy:kubeconfig': 'k/config' }).kubeconfig).toBe('/project/k/config');
    const chart = JSON.stringify({ from: 'folder', path: 'charts/argo-cd' });
    expect(read({ 'argosy:chart': chart }).chart).toEqual({ from: 'folder', path: '/project/charts/argo-cd' });
  });

  it('takes CRDs over HTTPS, and over HTTP from this machine alone', () => {
    const url = 'https://mirror.example.com/crds';
    expect(read({ 'argosy:crds': url }).crds).toEqual({ url });
    expect(read({ 'argosy:crds': 'http://127.0.0.1:8080/crds' }).crds).toEqual({ url: 'http://127.0.0.1:8080/crds' });
    for (const refused of ['http://mirror.example.com/', 'ftp://x/y', 'https://me:pw-1@x/', 'https://x/?token=pw-1']) {
      const [text] = problems({ 'argosy:crds': refused });
      expect(text).toMatch(/^invalid-configuration: its URL is refused/);
      expect(text).not.toContain('pw-1');
    }
  });

  it.each([
    ['{"from":"helm"}'],
    ['{"from":"folder"}'],
    ['{"from":"folder","path":"x","url":"https://x/"}'],
    ['{"from":"oci","url":"https://x/"}'],
    ['{"from":"repository","url":"oci://x/"}'],
    ['{"from":"repository","url":"http://charts.example.com"}'],
    ['{"from":"repository","url":"https://me:pw-1@x/"}'],
    ['{"from":"repository","version":"9.0.0"}'],
    ['{"from":{}}'],
    ['"oci"'],
    ['null'],
    ['['],
  ])('refuses the chart %s', (chart) => {
    const found = problems({ 'argosy:chart': chart });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('argosy:chart');
    expect(found[0]).not.toContain('pw-1');
  });

  it('tells all problems at once, each with its five answers', () => {
    const found = problems(
      {
        'argosy:redisPassword': 'short',
        'argosy:selfManagement': 'helm',
        'argosy:repositorUrl': 'https://x/',
        'argosy:context': ' ',
        'argosy:repositoryCredentials': '{"username":"me"}',
        'aws:region': 'eu-central-1',
      },
      ['argosy:redisPassword', 'argosy:repositoryCredentials'],
    );
    expect(found.map((text) => text.match(/argosy:\w+/)![0]).sort()).toEqual([
      'argosy:context',
      'argosy:redisPassword',
      'argosy:repositorUrl',
      'argosy:repositoryCredentials',
      'argosy:selfManagement',
    ]);
    for (const text of found) expect(text).toMatch(/^invalid-configuration: .+\n {2}at: .+\n {2}why: .+\n {2}fix: .+$/);
  });

  it('refuses a secret that stands readable in the file of the stack, and says that it may be known', () => {
    const values = { 'argosy:repositoryCredentials': '{"username":"a","password":"b"}' };
    expect(problems(values)).toEqual([expect.stringContaining('change the secret itself')]);
    expect(problems({ 'argosy:kubeconfig': 'apiVersion: v1\n' })).toEqual([
      expect.stringContaining('argosy:kubeconfig'),
    ]);
    expect(problems({}, [])).toEqual([expect.stringContaining('argosy:redisPassword')]);
  });

  it('knows the keys that its page describes, and no others', async () => {
    const { readFileSync } = await import('node:fs');
    const page = readFileSync('lib/docs/bootstrap.md', 'utf8');
    const rows = [...page.matchAll(/^\| `argosy:(\w+)`/gm)].map(([, key]) => key);
    expect(rows.sort()).toEqual([...configurationKeys]);
  });
});
