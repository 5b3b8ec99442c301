import { describe, expect, it } from 'vitest';
import { partNames } from '../../../lib/local/parts/find';
import { targetOf } from '../../../lib/local/parts/platform';
import { checksumIn, officialHomes, releasesOf } from '../../../lib/local/parts/release';

const printed = (platform: string, arch: string) =>
  partNames.flatMap((part) =>
    releasesOf(part, targetOf(platform, arch), officialHomes).map(({ url, checksum }) =>
      [url, checksum.kind === 'pinned' ? 'pinned' : checksum.url].join('  '),
    ),
  );

describe('the official releases', () => {
  it('are these on linux/x64', () => {
    expect(`\n${printed('linux', 'x64').join('\n')}\n`).toBe(`
https://github.com/etcd-io/etcd/releases/download/v3.6.8/etcd-v3.6.8-linux-amd64.tar.gz  https://github.com/etcd-io/etcd/releases/download/v3.6.8/SHA256SUMS
https://dl.k8s.io/v1.36.1/bin/linux/amd64/kube-apiserver  https://dl.k8s.io/v1.36.1/bin/linux/amd64/kube-apiserver.sha256
https://dl.k8s.io/v1.36.1/bin/linux/amd64/kube-controller-manager  https://dl.k8s.io/v1.36.1/bin/linux/amd64/kube-controller-manager.sha256
https://dl.k8s.io/v1.36.1/bin/linux/amd64/kube-scheduler  https://dl.k8s.io/v1.36.1/bin/linux/amd64/kube-scheduler.sha256
https://github.com/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-linux-amd64  https://api.github.com/repos/kubernetes-sigs/kwok/releases/tags/v0.8.0
https://github.com/argoproj/argo-cd/releases/download/v3.5.7/argocd-linux-amd64  https://github.com/argoproj/argo-cd/releases/download/v3.5.7/cli_checksums.txt
https://raw.githubusercontent.com/argoproj/argo-cd/v3.5.7/manifests/crds/application-crd.yaml  pinned
https://raw.githubusercontent.com/argoproj/argo-cd/v3.5.7/manifests/crds/applicationset-crd.yaml  pinned
https://raw.githubusercontent.com/argoproj/argo-cd/v3.5.7/manifests/crds/appproject-crd.yaml  pinned
https://raw.githubusercontent.com/argoproj/argo-cd/v3.5.7/hack/git-verify-wrapper.sh  pinned
`);
  });

  it('are kwok and Argo CD alone on darwin/arm64', () => {
    expect(printed('darwin', 'arm64').slice(0, 2)).toEqual([
      'https://github.com/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-darwin-arm64  https://api.github.com/repos/kubernetes-sigs/kwok/releases/tags/v0.8.0',
      'https://github.com/argoproj/argo-cd/releases/download/v3.5.7/argocd-darwin-arm64  https://github.com/argoproj/argo-cd/releases/download/v3.5.7/cli_checksums.txt',
    ]);
    expect(printed('darwin', 'arm64')).toHaveLength(6);
  });
});

describe('a published checksum', () => {
  const a = 'a'.repeat(64);
  const b = 'B'.repeat(64);
  const read = (kind: 'bare' | 'lines' | 'github', text: string) =>
    checksumIn(text, { kind, name: 'kwok-linux-amd64' });

  it('is read as each project writes it', () => {
    expect(read('bare', `${a}\n`)).toBe(a);
    expect(read('lines', `${b}  kwok-linux-amd64.sig\n${a}  kwok-linux-amd64\n`)).toBe(a);
    expect(read('lines', `${b} *kwok-linux-amd64\n`)).toBe(b.toLowerCase());
    const assets = [
      { name: 'kwok-darwin-amd64', digest: `sha256:${b}` },
      { name: 'kwok-linux-amd64', digest: `sha256:${a}` },
    ];
    expect(read('github', JSON.stringify({ assets }))).toBe(a);
  });

  it('is missing when nothing fits, or when two differ', () => {
    expect(read('bare', '<html>')).toBeUndefined();
    expect(read('bare', `${a}\n${a}`)).toBeUndefined();
    expect(read('lines', `${a}  other\n`)).toBeUndefined();
    expect(read('lines', `${a}  kwok-linux-amd64\n${b}  kwok-linux-amd64\n`)).toBeUndefined();
    expect(read('github', 'not JSON')).toBeUndefined();
    expect(read('github', '{"assets":[null,{"name":"kwok-linux-amd64","digest":null}]}')).toBeUndefined();
    expect(read('github', `{"assets":[{"name":"kwok-linux-amd64","digest":"sha512:${a}"}]}`)).toBeUndefined();
  });
});
