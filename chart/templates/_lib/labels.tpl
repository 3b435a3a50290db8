{{/*
Labels that select a program's pods. Immutable, since a Deployment's selector cannot be changed.
Takes: program.
*/}}
{{- define "carrel.selector" -}}
app.kubernetes.io/name: {{ .program }}
app.kubernetes.io/component: {{ get (dict
  "notebook-controller" "controller"
  "jupyter-web-app" "web-app"
  "volumes-web-app" "web-app"
  "pvcviewer-controller" "controller"
  "tensorboard-controller" "controller"
  "tensorboards-web-app" "web-app"
  "pod-defaults" "webhook"
  "dashboard" "web-app"
  "profile-controller" "controller"
  "dex" "login"
  "oauth2-proxy" "login"
) .program | required (printf "carrel.selector: unknown program %s" .program) }}
{{- end }}

{{/*
Labels of the metadata of a program's objects. They change with the chart's version, so pods and
selectors never carry them.
Takes: root, program.
*/}}
{{- define "carrel.labels" -}}
{{ include "carrel.selector" . }}
{{ include "carrel.releaseLabels" . }}
{{- end }}

{{/*
Labels of a ClusterRole whose rights members with the role edit have. Notebooks have them only where
the site says so.
Takes: root.
*/}}
{{- define "carrel.memberLabels" -}}
{{- if eq .root.Values.notebooks.rights "edit" -}}
rbac.authorization.kubeflow.org/aggregate-to-kubeflow-edit: "true"
{{ end -}}
rbac.authorization.kubeflow.org/aggregate-to-kubeflow-member: "true"
{{- end }}

{{/*
Labels of the metadata of objects that belong to no program.
Takes: root, component.
*/}}
{{- define "carrel.sharedLabels" -}}
app.kubernetes.io/name: carrel
app.kubernetes.io/component: {{ .component }}
{{ include "carrel.releaseLabels" . }}
{{- end }}

{{/* Takes: root. */}}
{{- define "carrel.releaseLabels" -}}
app.kubernetes.io/part-of: carrel
{{ include "carrel.versionLabels" . }}
{{- end }}

{{/* Who made an object, and from which chart: a label cannot hold a version's plus sign. Takes: root. */}}
{{- define "carrel.versionLabels" -}}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | quote }}
{{- end }}

{{/*
Labels that put a namespace's pods into the mesh.
Takes: root.
*/}}
{{- define "carrel.injectionLabels" -}}
{{- if .root.Values.mesh.revision -}}
istio.io/rev: {{ .root.Values.mesh.revision | quote }}
{{- else -}}
istio-injection: enabled
{{- end }}
{{- end }}
