{{/*
Certificates of webhooks. With cert-manager an authority that lives for ten years signs them: upstream's
sign themselves, so that at every renewal the API server trusts one certificate and is shown another.
*/}}

{{/* "true" when cert-manager makes certificates for some webhook. Takes: root. */}}
{{- define "carrel.certificates.made" -}}
{{- $components := .root.Values.components -}}
{{- and (eq .root.Values.certificates.mode "certManager") (or $components.pvcviewerController.enabled $components.podDefaults.enabled) -}}
{{- end }}

{{/*
Certificate of a webhook's Service.
Takes: root, program, name (of the object), service, secret.
*/}}
{{- define "carrel.object.certificate" -}}
{{- $domain := .root.Values.kubernetes.clusterDomain -}}
{{- $host := printf "%s.%s.svc" .service (include "carrel.namespace" .) -}}
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: {{ .name | quote }}
  namespace: {{ include "carrel.namespace" . | quote }}
  labels:
    {{- include "carrel.labels" . | nindent 4 }}
spec:
  secretName: {{ .secret | quote }}
  dnsNames: [{{ $host | quote }}, {{ printf "%s.%s" $host $domain | quote }}]
  duration: 2160h
  renewBefore: 720h
  privateKey:
    algorithm: ECDSA
    size: 256
    rotationPolicy: Always
  usages: [digital signature, server auth]
  issuerRef:
    group: cert-manager.io
    kind: Issuer
    name: carrel-webhook-ca
{{- end }}

{{/*
Where a webhook's authority comes from, as an annotation: cert-manager writes it into the object, which
therefore must not be rendered. Takes: root.
*/}}
{{- define "carrel.webhook.annotations" -}}
{{- if eq .root.Values.certificates.mode "certManager" -}}
annotations:
  cert-manager.io/inject-ca-from: {{ printf "%s/carrel-webhook-ca" (include "carrel.namespace" .) | quote }}
{{- end }}
{{- end }}

{{/*
How the API server reaches a webhook.
Takes: root, service, path.
*/}}
{{- define "carrel.webhook.clientConfig" -}}
service:
  name: {{ .service }}
  namespace: {{ include "carrel.namespace" . | quote }}
  path: {{ .path }}
  port: 443
{{- if eq .root.Values.certificates.mode "existing" }}
caBundle: {{ .root.Values.certificates.caBundle | b64enc | quote }}
{{- end }}
{{- end }}

{{/* The Secret with a webhook's certificate, as a volume. Takes: secret. */}}
{{- define "carrel.webhook.certificateVolume" -}}
secret:
  secretName: {{ .secret | quote }}
  items:
    - key: tls.crt
      path: tls.crt
    - key: tls.key
      path: tls.key
{{- end }}
