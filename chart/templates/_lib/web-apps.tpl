{{/*
What upstream's three web apps (crud-web-apps) have in common.
*/}}

{{/*
Environment that every web app reads (crud_backend/settings.py, config.py and csrf.py), as YAML.
Takes: root, component (the component's values), prefix (of its path behind the gateway).
*/}}
{{- define "carrel.webApp.environment" -}}
{{- $component := .component -}}
{{- $environment := dict
  "APP_PREFIX" .prefix
  "USERID_HEADER" .root.Values.identity.userHeader
  "USERID_PREFIX" ""
  "APP_SECURE_COOKIES" (include "carrel.secureCookies" .)
  "GUNICORN_CMD_ARGS" (printf "--limit-request-field_size %d" (int64 $component.config.requestHeaderBytes))
-}}
{{- /* Any text turns metrics on, "0" included. */ -}}
{{- if $component.config.metrics -}}
{{- $environment = set $environment "METRICS" "1" -}}
{{- end -}}
{{- if eq $component.config.logLevel "debug" -}}
{{- $environment = set $environment "LOG_LEVEL_DEBUG" "true" -}}
{{- end -}}
{{- toYaml $environment -}}
{{- end }}

{{/* Port and probes of a web app's container. It answers both paths without a login. */}}
{{- define "carrel.webApp.portAndProbes" -}}
ports:
  - name: http
    containerPort: 5000
    protocol: TCP
livenessProbe:
  httpGet:
    path: /healthz/liveness
    port: http
  initialDelaySeconds: 15
  periodSeconds: 30
readinessProbe:
  httpGet:
    path: /healthz/readiness
    port: http
  initialDelaySeconds: 5
  periodSeconds: 10
{{ include "carrel.lifecycle" . }}
{{- end }}
