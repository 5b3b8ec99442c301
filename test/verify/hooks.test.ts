import { describe, expect, it } from 'vitest';
import { annotated, told, type Sketch } from './clusters';

const of = (annotations: Record<string, string>): string[] => told({ applications: { api: [annotated(annotations)] } });
const hook = 'argocd.argoproj.io/hook';
const policy = 'argocd.argoproj.io/hook-delete-policy';

describe('hooks', () => {
  it('that are all unknown drop the object: an error for each', () => {
    expect(of({ [hook]: 'Presync, Postsync' })).toEqual([
      'error unknown-hook api: its hook is "Postsync"',
      'error unknown-hook api: its hook is "Presync"',
    ]);
    expect(of({ [hook]: '' })).toEqual(['error unknown-hook api: its hook is ""']);
    expect(of({ 'helm.sh/hook': 'test' })).toEqual(['error unknown-hook api: its hook is "test"']);
  });

  it('that are unknown beside a valid one are ignored: a warning for each', () => {
    expect(of({ [hook]: 'PreSync,Postsync' })).toEqual(['warning unknown-hook api: one of its hooks is "Postsync"']);
    expect(of({ [hook]: 'garbage', 'helm.sh/hook': 'pre-install,pre-rollback' })).toEqual([
      'warning unknown-hook api: one of its hooks is "garbage"',
      'warning unknown-hook api: one of its hooks is "pre-rollback"',
    ]);
  });

  it('of Helm are not read beside one of Argo CD, and crd-install is none', () => {
    expect(of({ [hook]: 'Sync', 'helm.sh/hook': 'garbage' })).toEqual([]);
    expect(of({ 'helm.sh/hook': 'crd-install' })).toEqual([]);
    expect(of({ 'helm.sh/hook': 'pre-delete,post-delete' })).toEqual([]);
  });

  it('count in _root too', () => {
    const application: Sketch = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      ...annotated({ [hook]: 'Presync' }),
    };
    expect(told({ root: [application] })).toEqual(['error unknown-hook _root: its hook is "Presync"']);
  });
});

describe('hook delete policies', () => {
  it('that Argo CD does not know are an error, or a warning beside a valid one', () => {
    expect(of({ [hook]: 'Sync', [policy]: 'HookSucceeded,HookFailed,BeforeHookCreation' })).toEqual([]);
    expect(of({ [hook]: 'Sync', [policy]: 'hook-succeeded' })).toEqual([
      'error unknown-hook-delete-policy api: its hook delete policy is "hook-succeeded"',
    ]);
    expect(of({ [hook]: 'Sync', [policy]: 'HookSucceded', 'helm.sh/hook-delete-policy': 'hook-failed' })).toEqual([
      'warning unknown-hook-delete-policy api: its hook delete policy is "HookSucceded"',
    ]);
  });
});
