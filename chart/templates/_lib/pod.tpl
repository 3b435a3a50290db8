{{/*
Fields that every pod of the platform has.
Takes: root, component (the component's values), program, serviceAccountName.
*/}}
{{- define "carrel.podFields" -}}
{{- $component := .component -}}
serviceAccountName: {{ .serviceAccountName | quote }}
securityContext:
  {{- $hardened := dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault") }}
  {{- toYaml (mergeOverwrite $hardened (deepCopy $component.podSecurityContext)) | nindent 2 }}
{{- with include "carrel.imagePullSecrets" . }}
{{ . }}
{{- end }}
{{- with $component.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with $component.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $component.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $component.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $component.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- else }}
{{- if gt (int $component.replicas) 1 }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "carrel.selector" $ | nindent 8 }}
{{- end }}
{{- end }}
{{- end }}

{{/*
Fields that every container of the platform has.
Takes: root, component (values with image, resources and containerSecurityContext), path (of that
block in the values), uid (the user ID that the image was built for; 0: the image names its own).
*/}}
{{- define "carrel.containerFields" -}}
{{- $component := .component -}}
image: {{ include "carrel.image" (dict "root" .root "image" $component.image "path" (printf "%s.image" .path)) }}
imagePullPolicy: {{ .root.Values.images.pullPolicy }}
securityContext:
  {{- $hardened := dict "allowPrivilegeEscalation" false "capabilities" (dict "drop" (list "ALL")) "readOnlyRootFilesystem" true "runAsNonRoot" true }}
  {{- if and .uid (eq .root.Values.podSecurity.uids "fixed") }}
  {{- $hardened = set $hardened "runAsUser" .uid }}
  {{- end }}
  {{- toYaml (mergeOverwrite $hardened (deepCopy $component.containerSecurityContext)) | nindent 2 }}
resources:
  {{- include "carrel.resources" (dict "component" $component) | trim | nindent 2 }}
{{- end }}

{{/* Requests and limits of a container. Takes: component (values with resources). */}}
{{- define "carrel.resources" -}}
{{- $component := .component -}}
{{- with $component.resources.requests }}
requests:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $component.resources.limits }}
limits:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/*
Environment variables, sorted by name, so that none can be there twice.
Takes: own (map of name to text or reference), extra (the same, and wins).
*/}}
{{- define "carrel.environment" -}}
{{- $environment := dict -}}
{{- range $variables := list .own .extra -}}
{{- range $name, $value := $variables -}}
{{- $environment = set $environment $name $value -}}
{{- end -}}
{{- end -}}
{{- range $name, $value := $environment }}
- name: {{ $name | quote }}
  {{- if kindIs "map" $value }}
  valueFrom:
    {{- /* The API server would fill it in, and another tool that applies the same would own it. */}}
    {{- $filled := dict }}
    {{- if hasKey $value "fieldRef" }}
    {{- $filled = dict "fieldRef" (dict "apiVersion" "v1") }}
    {{- end }}
    {{- mergeOverwrite $filled (deepCopy $value) | toYaml | nindent 4 }}
  {{- else if ne (toString $value) "" }}
  {{- /* The API server drops an empty text, which a variable without one means anyway. */}}
  value: {{ $value | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{/* A folder for what a program writes, since it cannot write anywhere else: the mount. */}}
{{- define "carrel.temporaryMount" -}}
- name: tmp
  mountPath: /tmp
{{- end }}

{{/* The volume of that mount. */}}
{{- define "carrel.temporaryVolume" -}}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- end }}

{{/*
A pod that ends is told so at the same time as everybody who sends it requests: it waits for the news
to arrive, and then ends.
*/}}
{{- define "carrel.lifecycle" -}}
lifecycle:
  preStop:
    sleep:
      seconds: 5
{{- end }}

{{/* The mounts that a site adds to a container. Takes: component. */}}
{{- define "carrel.extraVolumeMounts" -}}
{{- $component := .component -}}
{{- range $path, $mount := $component.extraVolumeMounts }}
- name: {{ $mount.name | quote }}
  mountPath: {{ $path | quote }}
  {{- with $mount.subPath }}
  subPath: {{ . | quote }}
  {{- end }}
  {{- if $mount.readOnly }}
  readOnly: true
  {{- end }}
{{- end }}
{{- end }}

{{/* The volumes that a site adds to a pod. Takes: component. */}}
{{- define "carrel.extraVolumes" -}}
{{- $component := .component -}}
{{- range $name, $source := $component.extraVolumes }}
- name: {{ $name | quote }}
  {{- toYaml $source | nindent 2 }}
{{- end }}
{{- end }}

{{/*
Annotations of a program's pods, their key included; nothing when there are none. A Prometheus of the
site's own is told where the metrics are; in the mesh, the sidecar serves them for it on port 15020.
Takes: root, component, and optionally own (map) and metrics (port and path; empty: there are none).
*/}}
{{- define "carrel.podAnnotations" -}}
{{- $component := .component -}}
{{- $own := default dict .own -}}
{{- if and .metrics .root.Values.monitoring.namespace -}}
{{- $own = mergeOverwrite (deepCopy $own) (dict "prometheus.io/scrape" "true" "prometheus.io/port" .metrics.port "prometheus.io/path" .metrics.path) -}}
{{- end -}}
{{- with mergeOverwrite (deepCopy $component.podAnnotations) $own }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/*
Labels of a program's pods.
Takes: component, program, app (the label `app` that upstream's programs and policies go by), and
optionally outsideMesh (true for a program that speaks TLS of its own or needs no sidecar).
*/}}
{{- define "carrel.podLabels" -}}
{{- $component := .component -}}
{{- include "carrel.withExtra" (dict "own" (include "carrel.ownPodLabels" .) "extra" $component.podLabels) -}}
{{- end }}
{{- define "carrel.ownPodLabels" -}}
{{ include "carrel.selector" . }}
app: {{ .app }}
sidecar.istio.io/inject: {{ if .outsideMesh }}"false"{{ else }}"true"{{ end }}
{{- end }}

{{/*
Hash over data that a program reads only at its start, so that its pods restart when the data changes
and at no other time.
Takes: data.
*/}}
{{- define "carrel.checksum" -}}
{{- .data | toJson | sha256sum -}}
{{- end }}
