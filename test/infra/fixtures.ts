import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ArgoCd, Cluster, Fleet, type FleetOptions } from '../../lib';

/** A fleet of two clusters with Argo CD, and one without. */
export function buildFleet(options: FleetOptions = {}): Fleet {
  const fleet = new Fleet({ repository: { url: 'https://git.example.com/acme/platform.git' }, ...options });
  new ArgoCd(new Cluster(fleet, 'staging'), 'argocd', { domain: 'argocd.staging.example.com' });
  new ArgoCd(new Cluster(fleet, 'production', { argocdNamespace: 'gitops' }), 'argocd', { highAvailability: true });
  new Cluster(fleet, 'bare');
  return fleet;
}

/** The plural names of Argo CD's kinds, by the file of the release that defines them. */
export const crdNames: Readonly<Record<string, string>> = {
  'application-crd.yaml': 'applications',
  'applicationset-crd.yaml': 'applicationsets',
  'appproject-crd.yaml': 'appprojects',
};

/** A CRD as small as it can be, as text. */
export function tinyCrd(plural: string, group = 'argoproj.io'): string {
  return [
    'apiVersion: apiextensions.k8s.io/v1',
    'kind: CustomResourceDefinition',
    `metadata: { name: ${plural}.${group} }`,
    'spec:',
    `  group: ${group}`,
    '  scope: Namespaced',
    `  names: { kind: ${plural}, plural: ${plural} }`,
    '  versions:',
    '    - name: v1alpha1',
    '      served: true',
    '      storage: true',
    '      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }',
    '',
  ].join('\n');
}

/** A folder of its own, with the files given, which goes with the test. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'argosy infra é '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** A folder of the three CRDs. */
export function crdFolder(): string {
  return folderOf(Object.fromEntries(Object.entries(crdNames).map(([file, plural]) => [file, tinyCrd(plural)])));
}

/** A value that must turn up nowhere. */
export const canary = 'canary-7f3a-keep-me-secret';
