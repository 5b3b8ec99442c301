import { shown } from '../../kube';
import { entriesOf } from '../../sync';
import { deploymentsOf, unitsOf } from '../applications';
import type { Rule, RuleFinding, VerifiableObject, VerifiableUnit } from '../finding';

/**
 * What Argo CD reads on an object. `Delete=true` and `Prune=true` are read in that an object's
 * value, whatever it is, hides the application's, and the first of several those after it.
 * Sources: gitops-engine/pkg/sync/common/types.go and sync_context.go; `shouldBeDeleted` in
 * argo-cd controller/appcontroller.go; `isObjRequiresDeletionConfirmation` in controller/state.go.
 */
const onObject = [
  'Delete=confirm',
  'Delete=false',
  'Delete=true',
  'Force=true',
  'Prune=confirm',
  'Prune=false',
  'Prune=true',
  'PruneLast=true',
  'Replace=true',
  'ServerSideApply=false',
  'ServerSideApply=true',
  'SkipDryRunOnMissingResource=true',
  'Validate=false',
];

/** What Argo CD reads in an Application: whole entries, neither trimmed nor split. Source: argo-cd controller/sync.go. */
const inApplication = [
  'ApplyOutOfSyncOnly=true',
  'ClientSideApplyMigration=false',
  'CreateNamespace=true',
  'Delete=confirm',
  'Delete=false',
  'Delete=true',
  'FailOnSharedResource=true',
  'Prune=confirm',
  'Prune=false',
  'Prune=true',
  'PruneLast=true',
  'PrunePropagationPolicy=background',
  'PrunePropagationPolicy=foreground',
  'PrunePropagationPolicy=orphan',
  'Replace=true',
  'RespectIgnoreDifferences=true',
  'ServerSideApply=true',
  'SkipDryRunOnMissingResource=true',
  'Validate=false',
];

/**
 * Sync options that Argo CD ignores without a word: those it does not know, and those that say a
 * default, such as `Replace=false`, where something else is set. A default said aloud with
 * nothing against it is fine.
 */
export const syncOptions: Rule = (cluster) => {
  const deployments = deploymentsOf(cluster);
  const policies = new Map(deployments.flatMap(({ units, syncOptions: list }) => units.map((unit) => [unit, list])));
  return [
    ...unitsOf(cluster).flatMap((unit) =>
      unit.objects.flatMap((object) => {
        const options = entriesOf(object.manifest, 'argocd.argoproj.io/sync-options');
        return ignored({
          unit,
          object,
          options,
          known: onObject,
          against: [...options, ...(policies.get(unit) ?? [])],
        });
      }),
    ),
    ...deployments.flatMap(({ application: object, syncOptions: options }) =>
      ignored({ unit: cluster.root, object, options, known: inApplication, against: options }),
    ),
  ];
};

interface Options {
  readonly unit: VerifiableUnit;
  readonly object: VerifiableObject;
  readonly options: readonly unknown[];
  readonly known: readonly string[];
  /** Every option that is in force for the object. */
  readonly against: readonly unknown[];
}

function ignored({ unit, object, options, known, against }: Options): RuleFinding[] {
  return options.flatMap((option): RuleFinding[] => {
    if (known.some((each) => each === option)) return [];
    const where = { unit, object, code: 'unknown-sync-option' } as const;
    const what = `its sync option is ${shown(option)}`;
    const opposites = typeof option === 'string' ? oppositesOf(option, known) : [];
    if (opposites.length === 0) {
      const place = known === inApplication ? 'in an Application' : 'on an object';
      const why = `Argo CD ignores an option it does not know; ${place} it knows ${known.join(', ')}`;
      return [{ ...where, severity: 'error', what, why, fix: fixOf(option, known) }];
    }
    const winner = opposites.find((each) => against.includes(each));
    if (winner === undefined) return [];
    const why = `Argo CD does not read it, so that ${winner} holds${options.includes(winner) ? '' : ', which the application sets'}`;
    return [{ ...where, severity: 'warning', what, why, fix: 'remove one of the two' }];
  });
}

/** The known options against which an option says the default: `Replace=true` for `Replace=false`. */
function oppositesOf(option: string, known: readonly string[]): string[] {
  const [key, value] = option.split('=');
  const others = known.filter((each) => each.startsWith(`${key}=`));
  const boolean = others.some((each) => /=(?:true|false)$/.test(each));
  return boolean && (value === 'true' || value === 'false') && option === `${key}=${value}` ? others : [];
}

function fixOf(option: unknown, known: readonly string[]): string {
  const other = known === inApplication ? onObject : inApplication;
  if (!other.some((each) => each === option)) return 'correct the spelling, case included';
  return known === inApplication
    ? 'Argo CD reads this one on objects alone, in the annotation argocd.argoproj.io/sync-options'
    : "Argo CD reads this one in the Application's syncOptions alone";
}
