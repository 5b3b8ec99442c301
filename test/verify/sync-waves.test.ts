import { describe, expect, it } from 'vitest';
import { verify } from '../../lib/verify';
import { annotated, staging, told } from './clusters';

const wave = 'argocd.argoproj.io/sync-wave';
const of = (annotations: Record<string, string>): string[] => told({ applications: { api: [annotated(annotations)] } });

// Source: Wave in gitops-engine/pkg/sync/syncwaves/waves.go.
describe('a sync wave', () => {
  it('is a whole number', () => {
    for (const text of ['0', '-5', '+3', '007']) expect(of({ [wave]: text })).toEqual([]);
    for (const text of ['1.5', 'soon', '', ' 1', '1e3', '0x1', '9223372036854775808']) {
      expect(of({ [wave]: text })).toEqual([`error invalid-sync-wave api: its ${wave} is ${JSON.stringify(text)}`]);
    }
  });

  it('is text', () => {
    expect(of({ [wave]: 1 as unknown as string })).toEqual([`error invalid-sync-wave api: its ${wave} is 1`]);
  });

  it("falls back to Helm's hook weight, which must then be one", () => {
    const cluster = staging({ applications: { api: [annotated({ [wave]: 'soon', 'helm.sh/hook-weight': '7' })] } });
    expect(verify([cluster], '.').map(({ why }) => why)).toEqual([
      'a wave is a whole number, as text; Argo CD reads anything else as wave 7',
    ]);
    expect(of({ 'helm.sh/hook-weight': 'heavy' })).toHaveLength(1);
    expect(of({ [wave]: '1', 'helm.sh/hook-weight': 'heavy' })).toEqual([]);
  });
});
