import { describe, expect, it } from 'vitest';
import { permitsDestination, permitsKind, permitsSource } from '../../lib/verify/project';

// Source: TestAppProject_IsSourcePermitted and _IsNegatedSourcePermitted in argo-cd
// pkg/apis/application/v1alpha1/types_test.go.
describe('permitsSource', () => {
  it.each([
    [['*'], 'https://github.com/argoproj/test.git', true],
    [['https://github.com/argoproj/test.git'], 'https://github.com/argoproj/test.git', true],
    [['ssh://git@GITHUB.com:argoproj/test'], 'ssh://git@github.com:argoproj/test', true],
    [['https://github.com/argoproj/*'], 'https://github.com/argoproj/argoproj.git', true],
    [
      ['https://github.com/test1/test.git', 'https://github.com/test2/test.git'],
      'https://github.com/test2/test.git',
      true,
    ],
    [['https://github.com/argoproj/*.git'], 'https://github.com/argoproj1/test2.git', false],
    [['https://github.com/argoproj/foo'], 'https://github.com/argoproj/foo1', false],
    [['https://gitlab.com/group/*'], 'https://gitlab.com/group/repo/owner', false],
    [['https://gitlab.com/group/*/*'], 'https://gitlab.com/group/repo/owner', true],
    [['https://gitlab.com/group/**'], 'https://gitlab.com/group/sub-group/repo/owner', true],
    [['!https://github.com/argoproj/test.git'], 'https://github.com/argoproj/test.git', false],
    [['!ssh://git@GITHUB.com:argoproj/test'], 'ssh://git@github.com:argoproj/test', false],
    [
      ['https://github.com/test1/test.git', '!https://github.com/test2/test.git'],
      'https://github.com/test2/test.git',
      false,
    ],
    [['!https://github.com/argoproj/foo*'], 'https://github.com/argoproj/foo1', false],
    [['!https://gitlab.com/group/**'], 'https://gitlab.com/group/sub-group/repo/owner', false],
    // A deny that does not hit permits, and one that hits wins wherever it stands.
    [['!https://gitlab.com/other/**'], 'https://gitlab.com/group/repo', true],
    [['!https://gitlab.com/group/*', '*'], 'https://gitlab.com/group/repo', false],
    [[], 'https://gitlab.com/group/repo', false],
  ])('%j on %s', (sourceRepos, url, permitted) => {
    expect(permitsSource({ sourceRepos }, url)).toBe(permitted);
  });
});

// Source: TestAppProject_IsDestinationPermitted and _IsNegatedDestinationPermitted, types_test.go.
describe('permitsDestination', () => {
  const local = 'https://kubernetes.default.svc';
  it.each([
    [[{ server: local, namespace: 'default' }], { server: local, namespace: 'kube-system' }, false],
    [[{ name: 'test', namespace: '*' }], { name: 'test', namespace: 'test' }, true],
    [[{ name: 'test2', namespace: '*' }], { name: 'test', namespace: 'test' }, false],
    [
      [
        { name: 'host', server: local, namespace: '!{kube-system,argocd}' },
        { name: 'one', server: 'https://one', namespace: '*' },
      ],
      { server: 'https://one', namespace: 'kube-system' },
      true,
    ],
    [[{ server: `!${local}`, namespace: 'default' }], { server: local, namespace: 'default' }, false],
    [[{ server: local, namespace: '!default' }], { server: local, namespace: 'kube-system' }, true],
    [[{ server: '!https://*.default.svc', namespace: 'default' }], { server: local, namespace: 'default' }, false],
    [[{ server: '!https://team1-*', namespace: 'default' }], { server: 'https://test2', namespace: 'default' }, true],
    [[{ server: local, namespace: '!test-*' }], { server: local, namespace: 'test-foo' }, false],
    [[{ server: local, namespace: '!test-*' }], { server: local, namespace: 'test' }, true],
    [[{ name: '!test', namespace: '*' }], { name: 'test', namespace: 'test' }, false],
    [[{ name: '!test2', namespace: '*' }], { name: 'test', namespace: 'test' }, true],
    [
      [
        { server: '*', namespace: '*' },
        { server: '*', namespace: '!kube-system' },
      ],
      { server: local, namespace: 'kube-system' },
      false,
    ],
    [
      [
        { server: '*', namespace: 'test' },
        { server: '!https://test-server', namespace: 'other' },
      ],
      { server: 'https://test-server', namespace: 'test' },
      true,
    ],
    // A `!namespace` is enforced only where the same entry's server matches.
    [
      [
        { server: '*', namespace: '*' },
        { server: 'https://test-server', namespace: '!other' },
      ],
      { server: 'https://other-test-server', namespace: 'other' },
      true,
    ],
    [
      [
        { name: '*', namespace: '*' },
        { name: '*', namespace: '!other' },
      ],
      { name: 'test', namespace: 'other' },
      true,
    ],
  ])('%j on %j', (destinations, destination, permitted) => {
    expect(permitsDestination({ destinations }, { server: '', name: '', ...destination })).toBe(permitted);
  });
});

// Source: TestAppProject_IsGroupKindPermitted, types_test.go.
describe('permitsKind', () => {
  const namespace = { group: '', kind: 'Namespace', name: 'team1-x', namespaced: false };
  const action = { group: 'apps', kind: 'Action', name: '', namespaced: true };
  const every = [{ group: '*', kind: '*' }];
  it.each([
    [{ namespaceResourceWhitelist: [] }, action, false],
    [{ namespaceResourceWhitelist: [{ group: 'apps', kind: 'ReplicaSet' }] }, action, false],
    [{ namespaceResourceWhitelist: every }, action, true],
    [{}, action, true],
    [{ namespaceResourceBlacklist: [{ group: 'apps', kind: 'Act?on' }] }, action, false],
    [{}, namespace, false],
    [{ clusterResourceWhitelist: every }, namespace, true],
    [{ clusterResourceWhitelist: every, clusterResourceBlacklist: every }, namespace, false],
    [{ clusterResourceWhitelist: every, clusterResourceBlacklist: every }, action, true],
    [{ clusterResourceWhitelist: [{ group: '', kind: 'Namespace', name: 'team1-*' }] }, namespace, true],
    [{ clusterResourceWhitelist: [{ group: '', kind: 'Namespace', name: 'team[2-9]-*' }] }, namespace, false],
    [
      {
        clusterResourceWhitelist: every,
        clusterResourceBlacklist: [{ group: '', kind: 'Namespace', name: 'team1-*' }],
      },
      namespace,
      false,
    ],
    [{ clusterResourceWhitelist: [{ group: '', kind: 'namespace' }] }, namespace, false],
  ])('%j on %j', (project, resource, permitted) => {
    expect(permitsKind(project, resource)).toBe(permitted);
  });
});
