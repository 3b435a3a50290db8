{{/*
What people see and get when they make a notebook, in the form that the jupyter web app reads.
*/}}

{{/*
References of the offered images of one application type, sorted by name, as JSON: {"list": [...]}.
Takes: root, type.
*/}}
{{- define "carrel.offeredImages" -}}
{{- $root := .root -}}
{{- $type := .type -}}
{{- $references := list -}}
{{- range $name, $entry := .root.Values.notebooks.images -}}
{{- if and (eq $entry.type $type) (eq (default "offered" $entry.state) "offered") -}}
{{- $references = append $references (include "carrel.image" (dict "root" $root "image" $entry.image "path" (printf "notebooks.images.%s.image" $name))) -}}
{{- end -}}
{{- end -}}
{{- dict "list" $references | toJson -}}
{{- end }}

{{/*
One tab of the form: the image that it starts with, and all that it offers.
Takes: root, type.
*/}}
{{- define "carrel.imageChoice" -}}
{{- $notebooks := .root.Values.notebooks -}}
{{- $options := (include "carrel.offeredImages" . | fromJson).list -}}
{{- $default := get $notebooks.defaults.images .type -}}
{{- $value := "" -}}
{{- if $default -}}
{{- $entry := get $notebooks.images $default -}}
{{- $value = include "carrel.image" (dict "root" .root "image" $entry.image "path" (printf "notebooks.images.%s.image" $default)) -}}
{{- else if $options -}}
{{- $value = first $options -}}
{{- end -}}
{{- dict "value" $value "options" $options | toYaml -}}
{{- end }}

{{/*
Kinds of GPU that some image in one of the given states brings libraries for.
Takes: root, states (list). Gives YAML.
*/}}
{{- define "carrel.gpuVendors" -}}
{{- $states := .states -}}
{{- $wanted := dict -}}
{{- range $name, $entry := .root.Values.notebooks.images -}}
{{- if has (default "offered" $entry.state) $states -}}
{{- $wanted = set $wanted (default "none" $entry.gpu) true -}}
{{- end -}}
{{- end -}}
{{- $vendors := list -}}
{{- range $gpu := list "nvidia" "amd" "gaudi" -}}
{{- if hasKey $wanted $gpu -}}
{{- $vendors = append $vendors (include "carrel.gpuVendor" $gpu | fromYaml) -}}
{{- end -}}
{{- end -}}
{{- $vendors | toYaml -}}
{{- end }}

{{/* Extended resource and title of a kind of GPU, as upstream's device plugins name them. */}}
{{- define "carrel.gpuVendor" -}}
{{- if eq . "nvidia" -}}
{limitsKey: nvidia.com/gpu, uiName: NVIDIA}
{{- else if eq . "amd" -}}
{limitsKey: amd.com/gpu, uiName: AMD}
{{- else -}}
{limitsKey: habana.ai/gaudi, uiName: Intel Gaudi}
{{- end -}}
{{- end }}

{{/*
spawner_ui_config.yaml. Every key that the web app reads without asking must be there, amounts must
be text, memory must be in Gi (crud-web-apps/jupyter/backend/apps/common/form.py).
Takes: root.
*/}}
{{- define "carrel.spawnerConfig" -}}
{{- $notebooks := .root.Values.notebooks -}}
{{- $size := get $notebooks.sizes $notebooks.defaults.size -}}
spawnerFormDefaults:
  allowCustomImage: {{ $notebooks.form.customImages }}
  hideRegistry: {{ not $notebooks.form.showRegistry }}
  hideTag: {{ not $notebooks.form.showTag }}
  imagePullPolicy:
    readOnly: false
    value: {{ .root.Values.images.pullPolicy }}
  image:
    {{- include "carrel.imageChoice" (dict "root" .root "type" "jupyter") | nindent 4 }}
  imageGroupOne:
    {{- include "carrel.imageChoice" (dict "root" .root "type" "vscode") | nindent 4 }}
  imageGroupTwo:
    {{- include "carrel.imageChoice" (dict "root" .root "type" "rstudio") | nindent 4 }}
  cpu:
    readOnly: false
    value: {{ $size.cpu | toString | quote }}
    limitFactor: {{ $notebooks.limitFactor.cpu | toString | quote }}
  memory:
    readOnly: false
    value: {{ $size.memory | quote }}
    limitFactor: {{ $notebooks.limitFactor.memory | toString | quote }}
  gpus:
    readOnly: false
    value:
      num: none
      vendor: ""
      vendors:
        {{- include "carrel.gpuVendors" (dict "root" .root "states" (list "offered")) | nindent 8 }}
  workspaceVolume:
    readOnly: false
    {{- if $notebooks.home.enabled }}
    value:
      mount: {{ $notebooks.home.mountPath | quote }}
      newPvc:
        metadata:
          name: "{notebook-name}-workspace"
        spec:
          accessModes: [{{ $notebooks.home.accessMode }}]
          resources:
            requests:
              storage: {{ $notebooks.home.size | quote }}
          {{- with $notebooks.home.storageClass }}
          storageClassName: {{ . | quote }}
          {{- end }}
    {{- else }}
    value: null
    {{- end }}
  dataVolumes:
    readOnly: false
    value: []
  affinityConfig:
    readOnly: false
    value: ""
    options:
      {{- range $name, $group := $notebooks.affinityGroups }}
      - configKey: {{ $name | quote }}
        displayName: {{ $group.title | quote }}
        affinity: {{ toJson $group.affinity }}
      {{- else }} []
      {{- end }}
  tolerationGroup:
    readOnly: false
    value: ""
    options:
      {{- range $name, $group := $notebooks.tolerationGroups }}
      - groupKey: {{ $name | quote }}
        displayName: {{ $group.title | quote }}
        tolerations: {{ toJson $group.tolerations }}
      {{- else }} []
      {{- end }}
  # Shared memory with a size comes from the notebook template; the form's own has none.
  shm:
    readOnly: true
    value: false
  configurations:
    readOnly: false
    value: []
  environment:
    readOnly: false
    value: {}
{{- end }}

{{/* A value as YAML in a text that the jupyter web app puts through Python's `format`. Takes: it. */}}
{{- define "carrel.formatted" -}}
{{- toYaml . | replace "{" "{{" | replace "}" "}}" -}}
{{- end }}

{{/*
Security context of the pods that the form makes, as YAML.
Takes: root.
*/}}
{{- define "carrel.notebookSecurityContext" -}}
{{- $site := .root.Values.notebooks.podTemplate.securityContext -}}
{{- $restricted := eq .root.Values.podSecurity.tenants "restricted" -}}
{{- $context := dict -}}
{{- if $restricted -}}
{{- $context = dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault") -}}
{{- end -}}
{{- if and (eq .root.Values.podSecurity.uids "fixed") (or $restricted $site) -}}
{{- /* The controller adds this group only to pods without a security context. */ -}}
{{- $context = set $context "fsGroup" 100 -}}
{{- if $restricted -}}
{{- /* Upstream's images are built for this user, whose first group is 0 and second 100. */ -}}
{{- $context = set $context "runAsUser" 1000 -}}
{{- end -}}
{{- end -}}
{{- mergeOverwrite $context (deepCopy $site) | toYaml -}}
{{- end }}

{{/*
What the web app starts a Notebook from. It fills the names in braces (Python's str.format) and then
the empty fields; requests, volumes and volumeMounts must be there, or the list of a namespace's
notebooks breaks.
Takes: root.
*/}}
{{- define "carrel.notebookTemplate" -}}
{{- $shm := .root.Values.notebooks.shm -}}
{{- $template := .root.Values.notebooks.podTemplate -}}
{{- $restricted := eq .root.Values.podSecurity.tenants "restricted" -}}
apiVersion: kubeflow.org/v1beta1
kind: Notebook
metadata:
  name: "{name}"
  namespace: "{namespace}"
  # The controller copies them to the pods.
  labels:
    {{- with $template.labels }}
    {{- include "carrel.formatted" . | nindent 4 }}
    {{- end }}
    app: "{name}"
  annotations:
    notebooks.kubeflow.org/creator: "{creator}"
    notebooks.kubeflow.org/server-type: ""
spec:
  template:
    spec:
      serviceAccountName: "{serviceAccount}"
      {{- with include "carrel.imagePullSecrets" . }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with include "carrel.notebookSecurityContext" . | fromYaml }}
      securityContext:
        {{- include "carrel.formatted" . | nindent 8 }}
      {{- end }}
      {{- with $template.priorityClassName }}
      priorityClassName: {{ . | quote }}
      {{- end }}
      {{- with $template.nodeSelector }}
      nodeSelector:
        {{- include "carrel.formatted" . | nindent 8 }}
      {{- end }}
      # The form appends those of the group that people choose.
      tolerations:
        {{- include "carrel.formatted" $template.tolerations | nindent 8 }}
      containers:
        - name: "{name}"
          image: ""
          env: []
          {{- if $restricted }}
          securityContext:
            allowPrivilegeEscalation: false
            capabilities:
              drop: [ALL]
          {{- end }}
          resources:
            requests:
              cpu: "0.1"
              memory: 0.1Gi
          {{- if $shm.enabled }}
          volumeMounts:
            - name: dshm
              mountPath: /dev/shm
      volumes:
        - name: dshm
          emptyDir:
            medium: Memory
            sizeLimit: {{ $shm.size | quote }}
          {{- else }}
          volumeMounts: []
      volumes: []
          {{- end }}
{{- end }}
