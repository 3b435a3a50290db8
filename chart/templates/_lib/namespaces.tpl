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

{{/* Labels that its owner sets where that is not the chart: the site's and those. Takes: root. */}}
{{- define "carrel.labelsToSet" -}}
{{- include "carrel.withExtra" (dict "own" (include "carrel.namespaceLabels" .) "extra" .root.Values.namespaces.kubeflow.labels) -}}
{{- end }}

{{/* All labels of the platform's namespace that are ours. Takes: root. */}}
{{- define "carrel.ownNamespaceLabels" -}}
{{ include "carrel.sharedLabels" (dict "root" .root "component" "namespace") }}
{{ include "carrel.namespaceLabels" . }}
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
