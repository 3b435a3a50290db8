{{/*
Labels that the platform's namespace needs, whoever makes it.
Takes: root.
*/}}
{{- define "carrel.namespaceLabels" -}}
{{ include "carrel.injectionLabels" . }}
control-plane: kubeflow
pod-security.kubernetes.io/enforce: restricted
{{- end }}

{{/*
Names of the namespaces that neither the platform nor a tenant may have, as JSON: {"list": [...]}.
Takes: root.
*/}}
{{- define "carrel.namespacesOfOthers" -}}
{{- $kubernetes := list "default" "kube-system" "kube-public" "kube-node-lease" -}}
{{- $programs := list "cert-manager" "kubeflow-system" "carrel-system" .root.Values.mesh.namespace (include "carrel.gatewayNamespace" .) -}}
{{- dict "list" (concat $kubernetes $programs) | toJson -}}
{{- end }}

{{/*
Labels that the owner of a namespace sets where that is not the chart: the site's and those.
Takes: root, role (the key below `namespaces`).
*/}}
{{- define "carrel.labelsToSet" -}}
{{- $own := include (ternary "carrel.namespaceLabels" "carrel.loginNamespaceLabels" (eq .role "kubeflow")) . -}}
{{- include "carrel.withExtra" (dict "own" $own "extra" (get .root.Values.namespaces .role).labels) -}}
{{- end }}

{{/* A namespace that outlives the release. Takes: namespace (its values), labels (ours, as YAML). */}}
{{- define "carrel.object.namespace" -}}
{{- $namespace := .namespace -}}
apiVersion: v1
kind: Namespace
metadata:
  name: {{ $namespace.name | quote }}
  labels:
    {{- include "carrel.withExtra" (dict "own" .labels "extra" $namespace.labels) | nindent 4 }}
  annotations:
    helm.sh/resource-policy: keep
{{- end }}

{{/*
Selects every pod, so that whatever has no policy of its own is closed to other namespaces.
Takes: root, namespace (its values).
*/}}
{{- define "carrel.object.closedNamespace" -}}
{{- $namespace := .namespace -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-allow-same-namespace
  namespace: {{ $namespace.name | quote }}
  labels:
    {{- include "carrel.sharedLabels" (dict "root" .root "component" "namespace") | nindent 4 }}
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector: {}
{{- end }}

{{/* Labels that the namespaces of login need: they are no part of the mesh. Takes nothing. */}}
{{- define "carrel.loginNamespaceLabels" -}}
pod-security.kubernetes.io/enforce: restricted
{{- end }}

{{/* All labels of the namespaces of login that are ours. Takes: root. */}}
{{- define "carrel.ownLoginNamespaceLabels" -}}
{{ include "carrel.sharedLabels" (dict "root" .root "component" "namespace") }}
{{ include "carrel.loginNamespaceLabels" . }}
{{- end }}

{{/* All labels of the platform's namespace that are ours. Takes: root. */}}
{{- define "carrel.ownNamespaceLabels" -}}
{{ include "carrel.sharedLabels" (dict "root" .root "component" "namespace") }}
{{ include "carrel.namespaceLabels" . }}
{{- end }}

{{/*
Selects the namespaces of tenants, whoever made them: neither a webhook nor a policy may judge the
platform's own objects.
*/}}
{{- define "carrel.tenantsOnly" -}}
matchLabels:
  app.kubernetes.io/part-of: kubeflow-profile
{{- end }}

{{/*
Labels that a tenant's namespace needs: the PodDefault webhook and the policies go by them.
Takes: root.
*/}}
{{- define "carrel.tenantNamespaceLabels" -}}
{{ include "carrel.injectionLabels" . }}
app.kubernetes.io/part-of: kubeflow-profile
pod-security.kubernetes.io/enforce: {{ .root.Values.podSecurity.tenants }}
{{- end }}

{{/*
Labels that the profile controller gives the namespaces it makes, as it reads them: an empty value
takes a label away. It always adds istio-injection, which must not stand beside a revision.
Takes: root.
*/}}
{{- define "carrel.profileNamespaceLabels" -}}
{{- $own := include "carrel.tenantNamespaceLabels" . | fromYaml -}}
{{- if .root.Values.mesh.revision -}}
{{- $own = set $own "istio-injection" "" -}}
{{- end -}}
{{- include "carrel.withExtra" (dict "own" (toYaml $own) "extra" .root.Values.components.profileController.config.namespaceLabels) -}}
{{- end }}
