import { describe, expect, it } from 'vitest';
import { verify } from '../../lib/verify';
import { annotated, line, staging, told } from './clusters';

const options = 'argocd.argoproj.io/sync-options';
const onObject = (list: string, ofApplication: readonly unknown[] = []): string[] =>
  told({
    applications: { api: [annotated({ [options]: list })] },
    spec: { syncPolicy: { syncOptions: ofApplication } },
  });
const inApplication = (...syncOptions: unknown[]): string[] => told({ spec: { syncPolicy: { syncOptions } } });

// Sources: gitops-engine/pkg/sync/common/types.go, where every constant stands, and how sync_context.go,
// controller/sync.go and controller/appcontroller.go of argo-cd read each.
describe('sync options of an object', () => {
  it('are known where Argo CD reads them, or where they say the default', () => {
    const read =
      'Delete=false,Delete=confirm,Delete=true,Prune=false,Prune=confirm,Prune=true,PruneLast=true,Replace=true,Force=true,' +
      'ServerSideApply=true,ServerSideApply=false, Validate=false , SkipDryRunOnMissingResource=true';
    expect(onObject(read)).toEqual([]);
    expect(
      onObject('Replace=false,Force=false,PruneLast=false,SkipDryRunOnMissingResource=false,Validate=true'),
    ).toEqual([]);
  });

  it('are unknown when misspelled, and when Argo CD reads them in an Application alone', () => {
    expect(onObject('Prune=no,prune=false,Force,CreateNamespace=true,ClientSideApplyMigration=false')).toEqual(
      ['ClientSideApplyMigration=false', 'CreateNamespace=true', 'Force', 'Prune=no', 'prune=false'].map(
        (option) => `error unknown-sync-option api: its sync option is "${option}"`,
      ),
    );
  });

  it('change nothing when they say a default against the application', () => {
    expect(onObject('Replace=false,Validate=true', ['Replace=true'])).toEqual([
      'warning unknown-sync-option api: its sync option is "Replace=false"',
    ]);
    expect(onObject('ServerSideApply=false,Prune=true', ['ServerSideApply=true', 'Prune=false'])).toEqual([]);
  });
});

describe('sync options of an Application', () => {
  it('are known where Argo CD reads them, or where they say the default', () => {
    const read = [
      ...[
        'ApplyOutOfSyncOnly=true',
        'ClientSideApplyMigration=false',
        'CreateNamespace=true',
        'FailOnSharedResource=true',
      ],
      ...['PrunePropagationPolicy=foreground', 'PrunePropagationPolicy=background', 'PrunePropagationPolicy=orphan'],
      ...['Delete=false', 'Prune=confirm', 'PruneLast=true', 'Replace=true', 'RespectIgnoreDifferences=true'],
      ...['ServerSideApply=true', 'SkipDryRunOnMissingResource=true', 'Validate=false'],
    ];
    expect(inApplication(...read)).toEqual([]);
    expect(
      inApplication('ApplyOutOfSyncOnly=false', 'ClientSideApplyMigration=true', 'Replace=false', 'Prune=true'),
    ).toEqual([]);
  });

  it('are whole entries: neither trimmed nor split', () => {
    const odd = ['PrunePropagationPolicy=Foreground', ' Replace=true', 'Prune=false,Validate=false', 'Force=true', 7];
    expect(inApplication(...odd)).toHaveLength(odd.length);
    expect(inApplication('Force=true')).toEqual(['error unknown-sync-option _root: its sync option is "Force=true"']);
    const [found] = verify([staging({ spec: { syncPolicy: { syncOptions: ['Force=true'] } } })], '.');
    expect(found?.fix).toContain('argocd.argoproj.io/sync-options');
  });

  it('change nothing when they say a default against another', () => {
    const [found] = verify(
      [staging({ spec: { syncPolicy: { syncOptions: ['ServerSideApply=true', 'ServerSideApply=false'] } } })],
      '.',
    );
    expect(found && line(found)).toBe('warning unknown-sync-option _root: its sync option is "ServerSideApply=false"');
  });
});
