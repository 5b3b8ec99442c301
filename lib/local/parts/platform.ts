import { ArgosyError } from '../../kube/error';

/** A platform in Node's words and in Go's, which are also those of the releases. */
export interface Target {
  readonly platform: 'linux' | 'darwin';
  readonly arch: 'x64' | 'arm64';
  readonly goos: 'linux' | 'darwin';
  readonly goarch: 'amd64' | 'arm64';
}

/** The target for a platform and architecture as Node names them; throws `unsupported-platform`. */
export function targetOf(platform: string, arch: string): Target {
  if ((platform === 'linux' || platform === 'darwin') && (arch === 'x64' || arch === 'arm64')) {
    return { platform, arch, goos: platform, goarch: arch === 'x64' ? 'amd64' : 'arm64' };
  }
  throw new ArgosyError({
    code: 'unsupported-platform',
    what: `the embedded default does not run on ${platform}/${arch}`,
    why: 'its parts are known to build on linux/x64, linux/arm64, darwin/x64 and darwin/arm64',
    fix: 'run it on one of those, for example in a Linux virtual machine, or use a cluster that you have',
  });
}
