{{/* What a program finds as files: the volumes, and where they are mounted, of the same names. */}}
{{- define "github-sts.volumes" -}}
{{- $values := .root.Values -}}
{{- $servesApps := has .component (list "app" "webhook") -}}
{{- if and $servesApps $values.github.privateKeys.existingSecret }}
# 288 is 0440: the group of the pod reads, and nobody writes.
- name: keys
  secret: { secretName: {{ $values.github.privateKeys.existingSecret | quote }}, defaultMode: 288 }
{{- end }}
{{- if and $servesApps $values.github.pools.orgs }}
- name: pools
  configMap: { name: {{ include "github-sts.name" .root }}-pools }
{{- end }}
{{- if $values.files.existingConfigMap }}
- name: files
  configMap: { name: {{ $values.files.existingConfigMap | quote }} }
{{- end }}
{{- if not $servesApps }}
- name: token
  projected:
    defaultMode: 288
    sources:
      - serviceAccountToken:
          path: github-sts
          audience: {{ $values.domain | quote }}
          expirationSeconds: {{ include "github-sts.text" $values.probers.tokenSeconds }}
{{- end }}
{{- end -}}

{{- define "github-sts.volumeMounts" -}}
{{- $values := .root.Values -}}
{{- $servesApps := has .component (list "app" "webhook") -}}
{{- if and $servesApps $values.github.privateKeys.existingSecret }}
- { name: keys, mountPath: /var/run/secrets/github-sts, readOnly: true }
{{- end }}
{{- if and $servesApps $values.github.pools.orgs }}
- { name: pools, mountPath: /etc/github-sts/pools, readOnly: true }
{{- end }}
{{- if $values.files.existingConfigMap }}
- { name: files, mountPath: /etc/github-sts/files, readOnly: true }
{{- end }}
{{- if not $servesApps }}
- { name: token, mountPath: /var/run/secrets/tokens, readOnly: true }
{{- end }}
{{- end -}}
