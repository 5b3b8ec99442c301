import { describe, expect, it } from 'vitest';
import { runStack, type StackRun } from './stack';

const stages = [
  ['applications.argoproj.io', 'applicationsets.argoproj.io', 'appprojects.argoproj.io'],
  ['argocd', 'argocd-redis'],
  ['staging-root', 'repository-credentials'],
];

const withCredentials = {
  configuration: { 'argosy:repositoryCredentials': JSON.stringify({ username: 'argosy', password: 'pass-word' }) },
  secrets: ['argosy:repositoryCredentials'],
};

/** Dependencies as names, the types told apart where names are shared. */
function dependencies(run: StackRun): Record<string, string[]> {
  const short = (urn: string) =>
    urn
      .split('::')
      .slice(-2)
      .join(' ')
      .replace(/^.*[:/]/, '');
  return Object.fromEntries(
    run.registrations
      .filter(({ custom }) => custom)
      .map(({ urn, dependencies: urns }) => [short(urn), urns.map(short).sort()]),
  );
}

describe('the three stages', () => {
  it('registers CRDs, then Argo CD, then its root, and nothing else', async () => {
    const { registrations } = await runStack(withCredentials);
    expect(registrations.map(({ type, name }) => `${type} ${name}`)).toEqual([
      'pulumi:pulumi:Stack argosy-staging',
      'pulumi:providers:kubernetes cluster',
      'argosy:index:Bootstrap staging',
      'kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition applications.argoproj.io',
      'kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition applicationsets.argoproj.io',
      'kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition appprojects.argoproj.io',
      'kubernetes:core/v1:Namespace argocd',
      'kubernetes:core/v1:Secret argocd-redis',
      'kubernetes:helm.sh/v3:Release argocd',
      'kubernetes:argoproj.io/v1alpha1:AppProject staging-root',
      'kubernetes:core/v1:Secret repository-credentials',
      'kubernetes:argoproj.io/v1alpha1:Application staging-root',
    ]);
  });

  it('registers no resource of a stage before every one of the stage before stands, however late', async () => {
    for (const slow of ['applicationsets.argoproj.io', 'argocd-redis', 'argocd']) {
      const { events } = await runStack({ ...withCredentials, turns: (name) => (name === slow ? 200 : 3) });
      for (const [at, stage] of stages.slice(1).entries()) {
        const stands = Math.max(...stages[at]!.map((name) => events.lastIndexOf(`=${name}`)));
        const begins = Math.min(...stage.map((name) => events.indexOf(`+${name}`)));
        expect(begins, `stage ${at + 2} with a slow ${slow}: ${events.join(' ')}`).toBeGreaterThan(stands);
      }
    }
  });

  it('tells the engine every dependency, so that it keeps the order on update and reverses it on destroy', async () => {
    const crds = stages[0]!.map((name) => `CustomResourceDefinition ${name}`);
    const all = dependencies(await runStack(withCredentials));
    expect(all).toMatchObject({
      'Namespace argocd': crds,
      'Secret argocd-redis': ['Namespace argocd'],
      'Release argocd': [...crds, 'Namespace argocd', 'Secret argocd-redis'],
      'AppProject staging-root': ['Release argocd'],
      'Secret repository-credentials': ['Release argocd'],
      'Application staging-root': ['AppProject staging-root', 'Release argocd', 'Secret repository-credentials'],
    });
  });

  it('lets the outputs wait for the root Application', async () => {
    const { events, outputs } = await runStack();
    expect(events.at(-1)).toBe('=staging-root');
    expect(outputs).toEqual({
      argocdVersion: '3.5.7',
      argocdNamespace: 'argocd',
      repository: { url: 'https://git.example.com/acme/platform.git', revision: 'main', path: 'apps/manifests' },
      rootApplication: 'staging-root',
    });
  });

  it('has one explicit provider for all, which knows the cluster by name, and applies on the server', async () => {
    const { registrations, get } = await runStack({ configuration: { 'argosy:context': 'staging' } });
    const provider = get('cluster');
    expect(provider.inputs).toMatchObject({
      context: 'staging',
      clusterIdentifier: 'staging',
      enableServerSideApply: 'true',
      enableSecretMutable: 'true',
    });
    const others = registrations.filter(({ type }) => type.startsWith('kubernetes:'));
    expect(new Set(others.map((each) => each.provider))).toEqual(new Set([`${provider.urn}::cluster-id`]));
  });

  it('keeps on destroy what the fleet lives on, and deletes the root and the credentials alone', async () => {
    const { registrations } = await runStack(withCredentials);
    const own = registrations.filter(({ type }) => type.startsWith('kubernetes:'));
    const deleted = own.filter(({ retainOnDelete }) => !retainOnDelete).map(({ type, name }) => `${type} ${name}`);
    expect(deleted).toEqual([
      'kubernetes:argoproj.io/v1alpha1:AppProject staging-root',
      'kubernetes:core/v1:Secret repository-credentials',
      'kubernetes:argoproj.io/v1alpha1:Application staging-root',
    ]);
    const root = registrations.at(-1)!;
    expect(root.inputs['metadata']).not.toHaveProperty('finalizers');
  });

  it('leaves the release alone after the hand-over: every input it sets is ignored from then on', async () => {
    const { registrations } = await runStack();
    const release = registrations.find(({ type }) => type.endsWith(':Release'))!;
    expect(release.ignoreChanges).toEqual(expect.arrayContaining([...Object.keys(release.inputs), 'checksum']));
    const others = registrations.filter((each) => each !== release);
    expect(others.flatMap(({ ignoreChanges }) => ignoreChanges)).toEqual([]);
  });
});
