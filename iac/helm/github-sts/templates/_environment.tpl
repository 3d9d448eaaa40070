{{/* The variables of a program. */}}
{{- define "github-sts.environment" -}}
{{- $values := .root.Values -}}
- { name: PORT, value: '8080' }
- { name: METRICS, value: {{ $values.metrics.enabled | quote }} }
- { name: METRICS_PORT, value: '2112' }
- { name: STS_DRAIN_DELAY, value: {{ include "github-sts.text" $values.drainDelaySeconds }}s }
{{- if $values.files.authorities }}
- { name: NODE_EXTRA_CA_CERTS, value: {{ printf "/etc/github-sts/files/%s" $values.files.authorities | quote }} }
{{- end }}
{{- if ne .component "webhook" }}
- { name: STS_DOMAIN, value: {{ $values.domain | quote }} }
{{- end }}
{{- if has .component (list "app" "webhook") }}
{{ include "github-sts.appVariables" $values }}
{{- else }}
{{ include "github-sts.proberVariables" $values }}
{{- end }}
{{- if eq .component "webhook" }}
{{ include "github-sts.webhookVariables" $values }}
{{- end }}
{{- /* Not by merge, which takes false for nothing. */}}
{{- $settings := dict }}
{{- range $name, $value := $values.settings }}{{ $_ := set $settings $name $value }}{{ end }}
{{- range $name, $value := .values.settings }}{{ $_ := set $settings $name $value }}{{ end }}
{{- range $name, $value := $settings }}
- { name: {{ $name }}, value: {{ include "github-sts.text" $value | quote }} }
{{- end }}
{{- with .values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The Apps and their keys, and where state is shared. */}}
{{- define "github-sts.appVariables" -}}
{{- $ids := list -}}
{{- range .github.appIds }}{{ $ids = append $ids (include "github-sts.text" .) }}{{ end -}}
- { name: KMS_PROVIDER, value: {{ .github.kms.provider }} }
{{- if .github.pools.orgs }}
- { name: APP_CONFIG_FILE, value: /etc/github-sts/pools/pools.yaml }
{{- else }}
- { name: GITHUB_APP_IDS, value: {{ join "," $ids | quote }} }
{{- if .github.kms.keys }}
- { name: KMS_KEYS, value: {{ join "," .github.kms.keys | quote }} }
{{- else }}
- { name: APP_SECRET_CERTIFICATE_FILE, value: {{ printf "/var/run/secrets/github-sts/%s" .github.privateKeys.entry | quote }} }
{{- end }}
{{- end }}
{{- with .store.redis }}
{{- if .existingSecret }}
- { name: STS_STORE, value: redis }
- name: STS_REDIS_URL
  valueFrom: { secretKeyRef: { name: {{ .existingSecret | quote }}, key: {{ .entry | quote }} } }
{{- end }}
{{- end }}
{{- end -}}

{{- define "github-sts.webhookVariables" -}}
{{- with .webhook.secret -}}
- name: GITHUB_WEBHOOK_SECRET
{{- if .names }}
  value: {{ join "," .names | quote }}
{{- else }}
  valueFrom: { secretKeyRef: { name: {{ .existingSecret | quote }}, key: {{ .entry | quote }} } }
{{- end }}
{{- if .furtherEntry }}
- name: STS_WEBHOOK_SECRETS
  valueFrom: { secretKeyRef: { name: {{ .existingSecret | quote }}, key: {{ .furtherEntry | quote }} } }
{{- end }}
{{- end -}}
{{- end -}}

{{- define "github-sts.proberVariables" -}}
{{- with .probers -}}
- { name: PROBER_SCOPE, value: {{ .scope | quote }} }
- { name: PROBER_IDENTITY, value: {{ .identity | quote }} }
- { name: PROBER_TOKEN_FILE, value: /var/run/secrets/tokens/github-sts }
{{- if .allowAnonymous }}
- { name: PROBER_ALLOW_ANONYMOUS, value: 'true' }
{{- else }}
- name: AUTHORIZATION
  valueFrom: { secretKeyRef: { name: {{ .authorization.existingSecret | quote }}, key: {{ .authorization.entry | quote }} } }
{{- end }}
{{- end -}}
{{- end -}}
