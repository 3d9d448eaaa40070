{{/* What every name begins with: the release, and the chart unless the release has its name. */}}
{{- define "github-sts.name" -}}
{{- $name := ternary .Release.Name (printf "%s-github-sts" .Release.Name) (contains "github-sts" .Release.Name) -}}
{{- $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* The programs that run, as a JSON list: the component, and its own values. */}}
{{- define "github-sts.programs" -}}
{{- $programs := list (dict "component" "app" "values" .Values.app) -}}
{{- if .Values.webhook.enabled -}}
{{- $programs = append $programs (dict "component" "webhook" "values" .Values.webhook) -}}
{{- end -}}
{{- if .Values.prober.enabled -}}
{{- $programs = append $programs (dict "component" "prober" "values" .Values.prober) -}}
{{- end -}}
{{- if .Values.negativeProber.enabled -}}
{{- $programs = append $programs (dict "component" "negative-prober" "values" .Values.negativeProber) -}}
{{- end -}}
{{- toJson $programs -}}
{{- end -}}

{{/* Labels that never change: selectors hold them. */}}
{{- define "github-sts.releaseLabels" -}}
app.kubernetes.io/name: github-sts
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "github-sts.labels" -}}
{{ include "github-sts.releaseLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "github-sts.image" -}}
{{- $default := printf "%s/github-sts-%s:%s" .root.Values.image.registry .component (.root.Values.image.tag | default .root.Chart.AppVersion) -}}
{{- .values.image | default $default -}}
{{- end -}}

{{- define "github-sts.serviceAccount" -}}
{{- $made := printf "%s-%s" (include "github-sts.name" .root) .component -}}
{{- .values.serviceAccount.name | default (ternary $made "default" .values.serviceAccount.create) -}}
{{- end -}}

{{/* A value as text. Numbers of values are floating, and large ones would get an exponent. */}}
{{- define "github-sts.text" -}}
{{- if and (kindIs "float64" .) (eq . (floor .)) -}}{{ printf "%.0f" . }}{{- else -}}{{ toString . }}{{- end -}}
{{- end -}}

{{/* Whether more than one replica is asked for: "true", or nothing. */}}
{{- define "github-sts.hasReplicas" -}}
{{- $replicas := .values.replicas | default 1 -}}
{{- if eq .component "app" -}}
{{- $replicas = ternary .values.autoscaling.maxReplicas $replicas .values.autoscaling.enabled -}}
{{- end -}}
{{- if gt (int $replicas) 1 -}}true{{- end -}}
{{- end -}}
