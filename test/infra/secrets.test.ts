import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { readConfiguration } from '../../infra/configuration';
import { canary } from './fixtures';
import { registered, revealed, runStack, withoutSecrets } from './stack';

const secrets = ['argosy:repositoryCredentials', 'argosy:kubeconfig'];
const configuration = {
  'argosy:repositoryCredentials': JSON.stringify({ username: `${canary}-user`, password: `${canary}-token` }),
  'argosy:kubeconfig': `apiVersion: v1\nkind: Config\nusers: [{ name: me, user: { token: ${canary} } }]\n`,
};

describe('secrets', () => {
  it('reach the objects that need them, as Argo CD and the chart read them', async () => {
    const { get } = await runStack({ configuration, secrets });
    expect(revealed(get('argocd-redis').inputs['stringData'])).toEqual({ auth: canary });
    expect(revealed(get('repository-credentials').inputs['stringData'])).toEqual({
      type: 'git',
      url: 'https://git.example.com/acme/platform.git',
      username: `${canary}-user`,
      password: `${canary}-token`,
    });
    expect(revealed(get('cluster').inputs['kubeconfig'])).toBe(configuration['argosy:kubeconfig']);
  });

  it('stand in no input that the engine would show or store in clear, and in no output', async () => {
    const { registrations, outputs, events } = await runStack({ configuration, secrets });
    const shown = registrations.map((each) => ({ ...each, inputs: withoutSecrets(each.inputs) }));
    expect(JSON.stringify(registrations)).toContain(canary);
    expect(JSON.stringify([shown, outputs, events])).not.toContain(canary);
    expect(JSON.stringify(registrations)).not.toContain(Buffer.from(canary).toString('base64').slice(0, -4));
  });

  it('come out of the configuration as secret outputs', async () => {
    await runStack();
    const values = { 'argosy:redisPassword': canary, ...configuration };
    const read = readConfiguration({ stack: 'staging', values, isSecret: () => true }, '/');
    const { username, password } = read.repositoryCredentials as unknown as Record<string, pulumi.Output<string>>;
    for (const output of [read.redisPassword, username, password, read.kubeconfig]) {
      expect(await pulumi.isSecret(output as pulumi.Output<string>)).toBe(true);
    }
    expect(JSON.stringify(read, (_, value) => (pulumi.Output.isInstance(value) ? '[output]' : value))).not.toContain(
      canary,
    );
  });

  it.each([
    ['readable', { ...configuration }, []],
    ['misshapen', { 'argosy:redisPassword': `${canary} with a space` }, ['argosy:redisPassword']],
    ['no JSON', { 'argosy:repositoryCredentials': `{${canary}` }, secrets],
    ['another shape', { 'argosy:repositoryCredentials': JSON.stringify({ [canary]: canary }) }, secrets],
    ['not for the URL', { 'argosy:repositoryCredentials': JSON.stringify({ sshPrivateKey: canary }) }, secrets],
    [
      'where no secret belongs',
      { 'argosy:chart': `{"from":"${canary}"}`, 'argosy:selfManagement': canary },
      ['argosy:chart', 'argosy:selfManagement'],
    ],
  ])('stand in no error: %s', async (_, values, keys) => {
    const error: unknown = await runStack({ configuration: values, secrets: keys }).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(Error);
    const texts = [error, ...((error as AggregateError).errors ?? [])].map((each) => {
      const { message, stack, report } = each as Error & { report?: { cause?: unknown } };
      return [message, stack, JSON.stringify(report), String(report?.cause)].join('\n');
    });
    expect(texts.join('\n')).toContain('invalid-configuration');
    expect(texts.join('\n')).not.toContain(canary);
    expect(registered(), 'nothing is registered of a stack that is refused').toEqual([]);
  });
});
