import { ArgosyError } from '../../kube/error';
import type { Attempt, How } from './find';
import { argocdModule, goNeeded, type PartName, programPins, variableOf, versions } from './pins';
import type { Target } from './platform';
import { releasesOf, type ReleaseHomes } from './release';

const ways: Readonly<Record<How, string>> = {
  variable: 'variable',
  path: 'PATH',
  cache: 'cache',
  download: 'release',
  build: 'go build',
};

/** The error that names, for every part that could not be had, each way tried and each way that remains. */
export function unavailable(
  missing: readonly PartName[],
  attempts: readonly Attempt[],
  target: Target,
  homes: ReleaseHomes,
): ArgosyError {
  const tried = missing.flatMap((part) => [
    `${part} ${versionOf(part)}`,
    `  variable: ${variableOf(part)} is not set`,
    ...attempts.filter((one) => one.part === part && one.how !== 'build').map(told),
  ]);
  // One build is for all of them: its output is told once.
  const builds = attempts.filter(({ how, part }) => how === 'build' && missing.includes(part));
  const built = [...new Set(builds.map(told))].map((text) => text.trimStart());
  return new ArgosyError({
    code: 'parts-unavailable',
    what: `${missing.length} of ${programPins.length + 1} parts cannot be had on ${target.goos}/${target.goarch}: ${missing.join(', ')}`,
    why: ['every way failed', ...tried, ...built].join('\n').replaceAll('\n', '\n    '),
    fix: ['one of these, for each part', ...remaining(missing, target, homes)].join('\n    - '),
  });
}

function told({ how, why }: Attempt): string {
  return `  ${ways[how]}: ${why.replaceAll('\n', '\n  ')}`;
}

function remaining(missing: readonly PartName[], target: Target, homes: ReleaseHomes): readonly string[] {
  const pins = programPins.filter(({ name }) => missing.includes(name));
  const hosts = missing.flatMap((part) =>
    releasesOf(part, target, homes).flatMap(({ url, checksum }) =>
      (checksum.kind === 'pinned' ? [url] : [url, checksum.url]).map((address) => new URL(address).host),
    ),
  );
  const variables = missing.map(variableOf).join(', ');
  const files = missing.includes('argocd-files')
    ? `; ${variableOf('argocd-files')} names a folder with crds/ and git-verify-wrapper.sh of ${argocdModule}@v${versions.argocd}`
    : '';
  return [
    `Go ${goNeeded} or newer on the PATH (https://go.dev/dl) and a Go module proxy: builds all of them`,
    ...(hosts.length > 0 ? [`a network that reaches ${[...new Set(hosts)].sort().join(', ')} over HTTPS`] : []),
    ...(pins.length > 0
      ? [`on the PATH: ${pins.map(({ onPath, version }) => `${onPath} ${version}`).join(', ')}`]
      : []),
    ...(missing.includes('redis')
      ? ['redis publishes no programs: without Go, install redis-server from your distribution']
      : []),
    `files that you have, named by ${variables}${files}`,
  ];
}

function versionOf(part: PartName): string {
  return programPins.find(({ name }) => name === part)?.version ?? versions.argocd;
}
