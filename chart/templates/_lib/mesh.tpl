{{/*
What holds for the whole mesh or, where others use it too, for our namespaces only: nothing is allowed
that no policy allows, nothing is understood that is not encrypted, and no sidecar is told of more
Services than its pod may talk to.
*/}}

{{/* Namespace of these objects on the platform's side. Takes: root. */}}
{{- define "carrel.mesh.home" -}}
{{- ternary (include "carrel.namespace" .) .root.Values.mesh.namespace .root.Values.mesh.shared -}}
{{- end }}

{{/* Takes: root, namespace, labels (YAML). */}}
{{- define "carrel.object.strictMutualTls" -}}
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  # Istio heeds one such object in a namespace, so another one must not be there.
  name: default
  namespace: {{ .namespace | quote }}
  labels:
    {{- .labels | nindent 4 }}
spec:
  mtls:
    mode: STRICT
{{- end }}

{{/* Takes: root, namespace, labels (YAML). */}}
{{- define "carrel.object.prunedSidecar" -}}
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata:
  # Istio heeds one such object in a namespace, so another one must not be there.
  name: default
  namespace: {{ .namespace | quote }}
  labels:
    {{- .labels | nindent 4 }}
spec:
  egress:
    - hosts:
        - ./*
        - {{ printf "%s/*" (include "carrel.namespace" .) | quote }}
        - {{ printf "%s/*" .root.Values.mesh.namespace | quote }}
{{- end }}
