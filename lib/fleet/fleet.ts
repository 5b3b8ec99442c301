import { App } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { ArgosyError, shown } from '../kube';
import { filesOf, writeTree, type RenderedFleet, type Repository } from '../render';
import { recordOrigin, whereIs } from '../synth';
import { renderFleet } from './render';

export interface FleetOptions {
  /** The one Git repository: the root Application, every Application and every AppProject derive from it. */
  readonly repository?: Repository;
  /**
   * How Argo CD manages itself: from its official Helm chart, or, where no chart can be rendered
   * (the local run), from a folder with the settings that the chart's values set explicitly.
   * @default 'chart'
   */
  readonly selfManagement?: 'chart' | 'settings';
}

export interface FleetProps extends FleetOptions {
  readonly repository: Repository;
}

const fleetSymbol = Symbol.for('argosy.fleet');

/**
 * Every cluster and every application of one Git repository. Reads neither clock nor network nor
 * environment while it is built; `synth()` alone writes, to the folder cdk8s gives it.
 *
 * @throws ArgosyError `invalid-property` for a repository without a usable URL
 */
export class Fleet extends App {
  /** Whether a value is a Fleet, also one of another copy of this package. */
  static isFleet(value: unknown): value is Fleet {
    return typeof value === 'object' && value !== null && fleetSymbol in value;
  }

  /** The fleet a construct belongs to. */
  static override of(construct: IConstruct): Fleet {
    const { root } = construct.node;
    if (Fleet.isFleet(root)) return root;
    throw new ArgosyError({
      code: 'outside-of-cluster',
      where: whereIs(construct),
      what: 'the construct stands in no Fleet',
      why: 'the repository that Argo CD watches is declared by the Fleet',
      fix: "start with new Fleet({ repository: { url: 'https://…' } })",
    });
  }

  readonly repository: Required<Repository>;
  readonly selfManagement: 'chart' | 'settings';

  constructor(props: FleetProps) {
    super({ outdir: process.env['CDK8S_OUTDIR'] ?? props.repository.path ?? 'apps/manifests' });
    recordOrigin(this);
    const { url, revision = 'main', path = 'apps/manifests' } = props.repository;
    this.repository = {
      url: checkUrl(url, this),
      revision: checkRevision(revision, this),
      path: checkPath(path, this),
    };
    this.selfManagement = props.selfManagement ?? 'chart';
    Object.defineProperty(this, fleetSymbol, { value: true });
  }

  /** The fleet as plain data, with provenance. Writes nothing. */
  render(): RenderedFleet {
    return renderFleet(this);
  }

  /** Writes the manifests to `outdir`, which `cdk8s synth` sets. Nothing is written when the fleet has an error. */
  override synth(): void {
    writeTree(this.outdir, filesOf(this.render()));
  }
}

/** Refuses what Git would take for an option or run as a program. Source: git-remote-ext(1), CVE-2026-113708. */
function checkUrl(url: string, fleet: Fleet): string {
  const safe =
    /^(?:https?:\/\/|ssh:\/\/|git:\/\/|file:\/\/\/|[\w.-]+@[\w.-]+:)[^\s\0]+$/.test(url) && !/^ext::/.test(url);
  const credentials = /^https?:\/\/[^/]*@/.test(url);
  if (safe && !credentials && !/:\/\/-|@-/.test(url)) return url;
  throw new ArgosyError({
    code: 'invalid-property',
    where: whereIs(fleet),
    what: credentials ? 'repository.url holds credentials' : `repository.url is ${shown(url)}`,
    why: credentials
      ? 'the URL is written to Git in every Application'
      : 'it must start with https://, http://, ssh://, git://, file:/// or user@host:',
    fix: credentials
      ? 'declare the credentials in the stack configuration of infra/'
      : "use 'https://github.com/acme/platform.git', for example",
  });
}

function checkRevision(revision: string, fleet: Fleet): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9._\/-]*$/.test(revision) && !revision.includes('..')) return revision;
  throw new ArgosyError({
    code: 'invalid-property',
    where: whereIs(fleet),
    what: `repository.revision is ${shown(revision)}`,
    why: 'it is the name of a branch or tag, or a commit',
    fix: "use 'main', for example",
  });
}

function checkPath(path: string, fleet: Fleet): string {
  if (
    /^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*$/.test(path) &&
    !path.split('/').some((part) => part === '..' || part === '.')
  ) {
    return path;
  }
  throw new ArgosyError({
    code: 'invalid-property',
    where: whereIs(fleet),
    what: `repository.path is ${shown(path)}`,
    why: 'it is a folder of the repository, without . or .. and without a slash at either end',
    fix: "use 'apps/manifests', for example",
  });
}
