import { describe, expect, it } from 'vitest';
import { printFindings } from '../../lib/report';
import { verify } from '../../lib/verify';
import { staging, told, type Sketch } from './clusters';

const canary = 'c4n4ry-0f-4-s3cr3t';
const secret = (fields: Record<string, unknown>, annotations: Record<string, string> = {}): Sketch => ({
  kind: 'Secret',
  metadata: { annotations },
  ...fields,
});
const of = (...objects: Sketch[]): string[] => told({ applications: { api: objects } });

describe('a Secret in Git', () => {
  it('is an error that names its keys', () => {
    expect(of(secret({ data: { b: canary, a: canary }, stringData: { a: canary, empty: '' } }))).toEqual([
      'error secret-in-git api: it holds a value for "a", "b"',
    ]);
  });

  it('is fine without a value, and so is another kind of that name', () => {
    expect(of(secret({}), secret({ data: {} }), secret({ stringData: { a: '', b: null } }))).toEqual([]);
    expect(of({ apiVersion: 'bitnami.com/v1', kind: 'Secret', data: { a: canary } })).toEqual([]);
  });

  it('is found in _root and in a list, and in what kubectl noted of it', () => {
    expect(told({ root: [secret({ data: { a: canary } })] })).toContain(
      'error secret-in-git _root: it holds a value for "a"',
    );
    const items = [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'y' }, stringData: { a: canary } }];
    expect(of({ kind: 'SecretList', items })).toEqual(['error secret-in-git api: it holds a value for "a"']);
    const noted = { 'kubectl.kubernetes.io/last-applied-configuration': `{"data":{"a":"${canary}"}}` };
    expect(of(secret({}, noted))).toHaveLength(1);
  });

  it('shows its value nowhere', () => {
    const noted = { 'kubectl.kubernetes.io/last-applied-configuration': canary };
    const fields = { data: { a: canary, d: { deep: canary } }, stringData: { b: canary } };
    const findings = verify([staging({ applications: { api: [secret(fields, noted)], twin: [secret(fields)] } })], '.');
    expect(findings.length).toBeGreaterThan(2);
    expect(printFindings(findings)).not.toContain(canary);
    expect(JSON.stringify(findings)).not.toContain(canary);
  });
});
