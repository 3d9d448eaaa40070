{{/* What single values cannot tell, and values.schema.json so cannot refuse. All of it is said at once. */}}
{{- define "github-sts.refusals" -}}
{{- $said := concat (include "github-sts.appRefusals" . | fromJsonArray) (include "github-sts.otherRefusals" . | fromJsonArray) (include "github-sts.secretRefusals" . | fromJsonArray) -}}
{{- if $said }}{{ fail (printf "\n\n  - %s\n" (join "\n  - " $said)) }}{{ end -}}
{{- end -}}

{{- define "github-sts.appRefusals" -}}
{{- $said := list -}}
{{- with .Values.github -}}
{{- $ids := len .appIds -}}
{{- $keys := len .kms.keys -}}
{{- if .pools.orgs -}}
  {{- if or $ids $keys -}}
    {{- $said = append $said "github.pools.orgs names the Apps: leave github.appIds and github.kms.keys out" -}}
  {{- end -}}
  {{- $hasFiles := false -}}
  {{- range .pools.orgs }}{{ range .apps }}{{ if .private_key_file }}{{ $hasFiles = true }}{{ end }}{{ end }}{{ end -}}
  {{- if and $hasFiles (not .privateKeys.existingSecret) -}}
    {{- $said = append $said "github.privateKeys.existingSecret: name the Secret that has the files of github.pools.orgs" -}}
  {{- end -}}
{{- else if not $ids -}}
  {{- $said = append $said "github.appIds: give the id of the GitHub App, or github.pools.orgs for certain organizations" -}}
{{- else if and $keys .privateKeys.existingSecret -}}
  {{- $said = append $said "github: give one of github.kms.keys and github.privateKeys.existingSecret, not both" -}}
{{- else if $keys -}}
  {{- if ne $ids $keys -}}
    {{- $said = append $said (printf "github.kms.keys: give a key for each App id; there are %d ids and %d keys" $ids $keys) -}}
  {{- end -}}
{{- else if not .privateKeys.existingSecret -}}
  {{- $said = append $said "github.privateKeys.existingSecret: name the Secret that has the App's private key, or give github.kms.keys" -}}
{{- else if gt $ids 1 -}}
  {{- $said = append $said "github.appIds: a private key is that of one App; for several give github.kms.keys or github.pools.orgs" -}}
{{- end -}}
{{- end -}}
{{- toJson $said -}}
{{- end -}}

{{- define "github-sts.otherRefusals" -}}
{{- $said := list -}}
{{- if not .Values.domain -}}
  {{- $said = append $said "domain: give the host name of the service, such as sts.example.com" -}}
{{- end -}}
{{- if .Values.webhook.enabled -}}
  {{- $secret := .Values.webhook.secret -}}
  {{- if .Values.github.kms.keys -}}
    {{- if or $secret.existingSecret (not $secret.names) -}}
      {{- $said = append $said "webhook.secret.names: with github.kms.keys the secret is in the secret manager; give its name there, and no existingSecret" -}}
    {{- end -}}
  {{- else if or $secret.names (not $secret.existingSecret) -}}
    {{- $said = append $said "webhook.secret.existingSecret: name the Secret that has the webhook's secret; names are for github.kms.keys. Or set webhook.enabled to false" -}}
  {{- end -}}
  {{- if and $secret.furtherEntry (not $secret.existingSecret) -}}
    {{- $said = append $said "webhook.secret.furtherEntry is an entry of webhook.secret.existingSecret, which is not given" -}}
  {{- end -}}
{{- end -}}
{{- if or .Values.prober.enabled .Values.negativeProber.enabled -}}
  {{- with .Values.probers -}}
    {{- if not (and .scope .identity) -}}
      {{- $said = append $said "probers: give scope (owner/name) and identity, which the probers ask for" -}}
    {{- end -}}
    {{- if eq (not .authorization.existingSecret) (not .allowAnonymous) -}}
      {{- $said = append $said "probers.authorization.existingSecret: name the Secret with the header that requests need, or set probers.allowAnonymous to true; one of the two" -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if and .Values.files.authorities (not .Values.files.existingConfigMap) -}}
  {{- $said = append $said "files.authorities is an entry of files.existingConfigMap, which is not given" -}}
{{- end -}}
{{- with .Values.app.autoscaling -}}
  {{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) -}}
    {{- $said = append $said "app.autoscaling: minReplicas is more than maxReplicas" -}}
  {{- end -}}
{{- end -}}
{{- if and .Values.gateway.enabled (not .Values.gateway.parentRefs) -}}
  {{- $said = append $said "gateway.parentRefs: name the Gateway that the route belongs to" -}}
{{- end -}}
{{- toJson $said -}}
{{- end -}}

{{/* What an object of the cluster would show in plain text: secret by its name, or by its value. */}}
{{- define "github-sts.secretRefusals" -}}
{{- $said := list -}}
{{- $patterns := .Files.Get "secret-variables.json" | mustFromJson -}}
{{- range $program := list "app" "webhook" "prober" "negativeProber" -}}
  {{- range $variable := (index $.Values $program).extraEnv -}}
    {{- $isSecret := false -}}
    {{- range $pattern := ternary $patterns list (hasKey $variable "value") -}}
      {{- $isSecret = or $isSecret (regexMatch (printf "(?is)%s" $pattern) (printf "%s=%s" $variable.name $variable.value)) -}}
    {{- end -}}
    {{- if $isSecret -}}
      {{- $said = append $said (printf "%s.extraEnv: %s is a secret by its name or its value: take it from a Secret, with valueFrom" $program $variable.name) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson $said -}}
{{- end -}}
