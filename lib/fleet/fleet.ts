import { App } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { ArgosyError, checkRepositoryUrl, shown } from '../kube';
import { filesOf, writeTree, type RenderedFleet, type Repository } from '../render';
import { recordOrigin, whereIs } from '../synth';
import { renderFleet } from './render';

export interface FleetOptions {
  /**
   * The one Git repository: the root Application, every Application and every AppProject derive
   * from it. Given here, it takes the place of the fleet's own as a whole.
   */
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
 * environment while it is built; `synth()` alone writes.
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
    super({ outdir: props.repository.path ?? 'apps/manifests' });
    recordOrigin(this);
    const { url, revision = 'main', path = 'apps/manifests' } = props.repository;
    this.repository = {
      url: checkRepositoryUrl('repository.url', url, whereIs(this)),
      revision: checkRevision(revision, this),
      path: checkPath(path, this),
    };
    this.selfManagement = props.selfManagement ?? 'chart';
    Object.defineProperty(this, fleetSymbol, { value: true });
  }

  /** The fleet as plain data, with provenance. Writes nothing. @throws AggregateError of ArgosyErrors */
  render(): RenderedFleet {
    return renderFleet(this);
  }

  /**
   * Writes the manifests to the folder that `cdk8s synth` names in CDK8S_OUTDIR, else to
   * `repository.path`. Nothing is written when the fleet has an error.
   *
   * @throws AggregateError of ArgosyErrors
   */
  override synth(): void {
    writeTree(process.env['CDK8S_OUTDIR'] ?? this.outdir, filesOf(this.render()));
  }
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
