/**
 * Which programs, at which versions, and how each of them says its version. The versions are those
 * that go.mod resolves to (a test holds them together): a program found, downloaded or built is the
 * same program.
 */
export const versions = {
  etcd: '3.6.8',
  kubernetes: '1.36.1',
  kwok: '0.8.0',
  argocd: '3.5.7',
  redis: '>= 6',
  miniredis: '2.40.0',
} as const;

export type ProgramName =
  'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kwok' | 'argocd' | 'redis';

/** A part is a program, or the files of Argo CD that its programs and its bootstrap read. */
export type PartName = ProgramName | 'argocd-files';

export interface ProgramPin {
  readonly name: ProgramName;
  readonly version: string;
  /** The variable that names this program. */
  readonly variable: string;
  /** What it is called on the PATH. */
  readonly onPath: string;
  readonly goPackage: string;
  /** How to ask for the version, and the answer's pattern: its first group is the version. */
  readonly ask: readonly string[];
  readonly askEnv?: Readonly<Record<string, string>>;
  readonly answer: RegExp;
}

const kubernetes = (name: ProgramName): ProgramPin => ({
  name,
  version: versions.kubernetes,
  variable: variableOf(name),
  onPath: name,
  goPackage: `k8s.io/kubernetes/cmd/${name}`,
  ask: ['--version'],
  answer: /^Kubernetes v(\S+)/m,
});

export const programPins: readonly ProgramPin[] = [
  {
    name: 'etcd',
    version: versions.etcd,
    variable: variableOf('etcd'),
    onPath: 'etcd',
    goPackage: './etcd',
    ask: ['--version'],
    answer: /^etcd Version: (\S+)/m,
  },
  kubernetes('kube-apiserver'),
  kubernetes('kube-controller-manager'),
  kubernetes('kube-scheduler'),
  {
    name: 'kwok',
    version: versions.kwok,
    variable: variableOf('kwok'),
    onPath: 'kwok',
    goPackage: 'sigs.k8s.io/kwok/cmd/kwok',
    ask: ['--version'],
    answer: /^kwok version v(\S+)/m,
  },
  {
    // The components have no version flag: asked for it, repo-server starts. So upstream's CLI is asked,
    // and our build, which has no CLI, answers in its words.
    name: 'argocd',
    version: versions.argocd,
    variable: variableOf('argocd'),
    onPath: 'argocd',
    goPackage: './argocd',
    ask: ['version', '--client', '--short'],
    askEnv: { ARGOCD_BINARY_NAME: 'argocd' },
    answer: /^argocd: v([^\s+]+)/m,
  },
  {
    // Argo CD asks Redis for a cache alone, so any server of a maintained series will do. The second
    // half of the pattern is the usage text of our own ./redis, which has no version.
    name: 'redis',
    version: versions.redis,
    variable: variableOf('redis'),
    onPath: 'redis-server',
    goPackage: './redis',
    ask: ['--version'],
    answer: /^(?:Redis|Valkey) server v=(\S+)|^\s+-bind string$/m,
  },
];

export function pinOf(name: ProgramName): ProgramPin {
  return programPins.find((pin) => pin.name === name)!;
}

/** Whether `version` is the pinned one; the built Redis, which has no version, reports none. */
export function isPinned(pin: ProgramPin, version: string | undefined): boolean {
  if (pin.name !== 'redis') return version === pin.version;
  return version === undefined || Number.parseInt(version, 10) >= 6;
}

/** The variable that names a part, such as ARGOSY_KUBE_APISERVER. */
export function variableOf(part: PartName): string {
  return `ARGOSY_${part.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Argo CD's files and their sha256, computed from the module github.com/argoproj/argo-cd/v3@v3.5.7 as
 * the Go toolchain verified it against sum.golang.org. Every way of getting them is held to these.
 */
export const argocdFilePins: readonly { readonly file: string; readonly upstream: string; readonly sha256: string }[] =
  [
    {
      file: 'crds/application-crd.yaml',
      upstream: 'manifests/crds/application-crd.yaml',
      sha256: '5dde0e229249b6b707beb98674c1deae3949d5c319a6c45b9f5a80c99618e40c',
    },
    {
      file: 'crds/applicationset-crd.yaml',
      upstream: 'manifests/crds/applicationset-crd.yaml',
      sha256: '7d282054f41ca2b71a22bab04a8caf0000e07e53a62432e6ea292dae5ab4f07d',
    },
    {
      file: 'crds/appproject-crd.yaml',
      upstream: 'manifests/crds/appproject-crd.yaml',
      sha256: 'ab225266944322750136f1198d93786e4a79a0e43c8d149abfba44da30a3eac8',
    },
    {
      file: 'git-verify-wrapper.sh',
      upstream: 'hack/git-verify-wrapper.sh',
      sha256: 'e5271467f0d070e24ef690318206eb6a3d23ec002c9fd17d1c5cb2a52792001e',
    },
  ];

/** The Go module of Argo CD, and the toolchain that go.mod asks for. */
export const argocdModule = 'github.com/argoproj/argo-cd/v3';
export const goNeeded = '1.26.3';

const [major, minor] = versions.kubernetes.split('.');

/** What the linker writes into the programs, so that a built one says the version that it is. */
export const ldflags = [
  '-s -w',
  `-X k8s.io/component-base/version.gitVersion=v${versions.kubernetes}`,
  `-X k8s.io/component-base/version.gitMajor=${major}`,
  `-X k8s.io/component-base/version.gitMinor=${minor}`,
  '-X k8s.io/component-base/version.gitTreeState=clean',
  `-X go.etcd.io/etcd/api/v3/version.GitSHA=v${versions.etcd}`,
  `-X sigs.k8s.io/kwok/pkg/consts.Version=v${versions.kwok}`,
  `-X ${argocdModule}/common.version=${versions.argocd}`,
].join(' ');

/**
 * The one line of Argo CD that the build changes: the application-controller serves metrics on every
 * interface, no flag can say otherwise, and nothing of ours may listen off loopback.
 */
export const metricsPatch = {
  file: 'controller/appcontroller.go',
  from: '"0.0.0.0:%d", metricsPort',
  to: '"127.0.0.1:%d", metricsPort',
} as const;
