import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settingsTable as table } from '../../../lib/local/generated/argocd-settings';
import { settingsEnvironment, settingsForRestart, settingsWithoutEffect } from '../../../lib/local/settings';
import { settingsTable, upstream } from './settings.upstream';

describe('the table of settings', () => {
  const here = existsSync(upstream);
  if (!here) console.warn(`SKIPPED: the table of Argo CD's settings is not checked, ${upstream} is not here`);

  it.skipIf(!here)("is what Argo CD's own manifests say", async () => {
    await expect(await settingsTable()).toMatchFileSnapshot('../../../lib/local/generated/argocd-settings.ts');
  });

  it('knows all three components', () => {
    expect(Object.keys(table)).toEqual([
      'argocd-repo-server',
      'argocd-application-controller',
      'argocd-applicationset-controller',
    ]);
  });
});

describe('settings that change under a run', () => {
  it('wait for the next start where processes read them from their environment, and only there', () => {
    const before = {
      params: { 'controller.status.processors': '7', 'controller.log.level': 'info', 'server.insecure': 'true' },
      cm: { 'timeout.reconciliation': '30s', 'kustomize.enabled': 'true' },
    };
    const after = {
      params: { 'controller.status.processors': '8', 'redis.server': 'elsewhere', 'reposerver.parallelism.limit': '2' },
      cm: { 'timeout.reconciliation': '60s', 'kustomize.enabled': 'false' },
    };
    expect(settingsForRestart(before, before)).toEqual([]);
    const keys = ['controller.log.level', 'controller.status.processors', 'reposerver.parallelism.limit'];
    expect(settingsForRestart(before, after)).toEqual([...keys, 'timeout.reconciliation']);
    expect(settingsForRestart(after, before)).toEqual([...keys, 'timeout.reconciliation']);
  });
});

describe('settings act locally', () => {
  it('as the variables that the manifests would fill', () => {
    const settings = {
      params: { 'controller.status.processors': '7', 'reposerver.parallelism.limit': '2', 'controller.log.level': '' },
      cm: { 'timeout.reconciliation': '30s', 'timeout.reconciliation.jitter': '5s', 'kustomize.enabled': 'true' },
    };
    expect(settingsEnvironment('argocd-application-controller', settings)).toEqual({
      ARGOCD_APPLICATION_CONTROLLER_STATUS_PROCESSORS: '7',
      ARGOCD_APPLICATION_CONTROLLER_LOGLEVEL: '',
      ARGOCD_RECONCILIATION_TIMEOUT: '30s',
      ARGOCD_RECONCILIATION_JITTER: '5s',
    });
    expect(settingsEnvironment('argocd-repo-server', settings)).toEqual({
      ARGOCD_REPO_SERVER_PARALLELISM_LIMIT: '2',
      ARGOCD_RECONCILIATION_TIMEOUT: '30s',
    });
    expect(settingsEnvironment('argocd-applicationset-controller', settings)).toEqual({});
  });

  it('except those that name places of a cluster, which are told', () => {
    const params = {
      'repo.server': 'argocd-repo-server:8081',
      'redis.server': 'argocd-redis:6379',
      'server.insecure': 'true',
      'controller.repo.server.plaintext': 'false',
      'reposerver.disable.tls': 'false',
      'controller.operation.processors': '3',
    };
    for (const component of Object.keys(table) as (keyof typeof table)[]) {
      expect(Object.keys(settingsEnvironment(component, { params, cm: {} }))).toEqual(
        component === 'argocd-application-controller' ? ['ARGOCD_APPLICATION_CONTROLLER_OPERATION_PROCESSORS'] : [],
      );
    }
    expect(settingsWithoutEffect({ params, cm: {} }).map(({ key, reason }) => `${key}: ${reason}`)).toEqual([
      'controller.repo.server.plaintext: the components speak plaintext on 127.0.0.1',
      'redis.server: the local redis is used',
      'repo.server: the local repo-server is used',
      'reposerver.disable.tls: the components speak plaintext on 127.0.0.1',
      'server.insecure: no component that runs locally reads it',
    ]);
  });
});
