import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toYaml, type Manifest } from '../kube';
import type { OperatorPlan } from '../operator';

/**
 * The chart's template. It makes of the values what `settingsManifests` makes of them, and the empty Secret that Argo
 * CD fills at its first start. Helm reads every number of the values as a float, which `toString` writes as 1e+06 from
 * a million on: a whole one is made whole first. JSON's strings are YAML's, whatever they hold.
 */
export const settingsTemplate = `{{- define "text" -}}
{{- if and (kindIs "float64" .) (eq . (floor .)) -}}
{{- int64 . | toString | toJson -}}
{{- else -}}
{{- toString . | toJson -}}
{{- end -}}
{{- end -}}
{{- $configs := .Values.configs -}}
{{- range $name, $data := dict "argocd-cm" $configs.cm "argocd-cmd-params-cm" $configs.params "argocd-rbac-cm" $configs.rbac }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $name }}
  namespace: {{ $.Release.Namespace }}
  labels:
    app.kubernetes.io/name: {{ $name }}
    app.kubernetes.io/part-of: argocd
data:
  {{- range $key, $value := $data }}
  {{ toJson $key }}: {{ include "text" $value }}
  {{- end }}
{{- end }}
---
apiVersion: v1
kind: Secret
metadata:
  name: argocd-secret
  namespace: {{ .Release.Namespace }}
  labels:
    app.kubernetes.io/name: argocd-secret
    app.kubernetes.io/part-of: argocd
type: Opaque
`;

/**
 * Writes a chart that takes the official one's place where Argo CD's pods are processes of this machine: of the same
 * name and version, and with Argo CD's settings alone. Its folder is what `argosy:chart` points at for a local run
 * with the Pulumi engine.
 */
export function writeStandInChart(folder: string, { chart, version }: Pick<OperatorPlan, 'chart' | 'version'>): void {
  const metadata = {
    apiVersion: 'v2',
    name: chart.name,
    version: chart.version,
    appVersion: version,
    description: 'Stands in for the official chart: settings only',
  };
  mkdirSync(join(folder, 'templates'), { recursive: true });
  writeFileSync(join(folder, 'Chart.yaml'), toYaml(metadata as unknown as Manifest));
  writeFileSync(join(folder, 'templates', 'settings.yaml'), settingsTemplate);
}
