import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { parse, parseAllDocuments } from 'yaml';
import { describe, expect, it, onTestFinished } from 'vitest';
import { settingsTemplate, writeStandInChart } from '../../lib/local/stand-in-chart';
import { argoCdRelease, settingsManifests } from '../../lib/operator';

/**
 * `stand-in-chart.golden.txt` is what Helm 3.18.6 made of this template and these values:
 * `helm template argocd <folder> --namespace argocd -f values.json`. A change of the template asks for a new one.
 */
const rendered = {
  template: '8e8c44d25a5ba7c515fc02eb70efbfe7f8c2cfa168222518c521f23e8ef21214',
  values: {
    configs: {
      cm: {
        'quoted "key"': '"\\',
        'trailing ': ' space ',
        lines: '- a\n- b: {c: d}\n\ttab\n\n',
        markup: "<b>&'{{ .Values }}</b> # no comment",
        off: false,
        unicode: 'é 😀 \u2028',
        url: 'https://argocd.example.com?a=1&b=2',
        yes: 'yes',
      },
      params: { float: 0.25, large: 1_000_000, negative: -3, text: '007', zero: 0 },
      rbac: { 'policy.csv': 'p, role:org, *, *, "*/*", allow\n', 'policy.default': '' },
    },
  },
};

describe('the chart that stands in for the official one', () => {
  it('is a chart of the same name and version', () => {
    const parent = mkdtempSync(join(tmpdir(), 'argosy chart é '));
    onTestFinished(() => rmSync(parent, { recursive: true }));
    const folder = join(parent, 'argo-cd');
    writeStandInChart(folder, { chart: argoCdRelease.chart, version: argoCdRelease.version });
    writeStandInChart(folder, { chart: argoCdRelease.chart, version: argoCdRelease.version });
    expect(parse(readFileSync(join(folder, 'Chart.yaml'), 'utf8'))).toMatchObject({
      apiVersion: 'v2',
      name: 'argo-cd',
      version: argoCdRelease.chart.version,
      appVersion: argoCdRelease.version,
    });
    expect(readFileSync(join(folder, 'templates', 'settings.yaml'), 'utf8')).toBe(settingsTemplate);
  });

  it('makes of the values, under the real Helm, exactly the ConfigMaps that Argo CD manages itself with', () => {
    expect(createHash('sha256').update(settingsTemplate).digest('hex')).toBe(rendered.template);
    const golden = readFileSync(join(__dirname, 'stand-in-chart.golden.txt'), 'utf8');
    const objects = parseAllDocuments(golden).map((document) => document.toJS());
    expect(objects.filter(({ kind }) => kind === 'ConfigMap')).toEqual(
      settingsManifests({ namespace: 'argocd', values: rendered.values }),
    );
    expect(objects.filter(({ kind }) => kind !== 'ConfigMap')).toEqual([
      expect.objectContaining({ kind: 'Secret', metadata: expect.objectContaining({ name: 'argocd-secret' }) }),
    ]);
    expect(objects.find(({ kind }) => kind === 'Secret')).not.toHaveProperty('data');
  });
});
