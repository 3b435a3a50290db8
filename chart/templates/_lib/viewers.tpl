{{/*
What a viewer of a volume is: a file browser in the tenant's namespace, of one shape for the two
programs that make viewers.
*/}}

{{/*
viewer-spec.yaml: the spec of a PVCViewer, as the volumes web app makes it. The app fills in $NAME,
$NAMESPACE and what stands in its own environment (Python's string.Template): an unknown name behind a
dollar sign would break every viewer. Takes: root.
*/}}
{{- define "carrel.viewerSpec" -}}
{{- $viewer := .root.Values.components.volumesWebApp.config.viewer -}}
{{- $environment := include "carrel.viewer.environment" (dict "baseUrl" "/pvcviewers/$NAMESPACE/$NAME/") | fromYaml -}}
pvc: $NAME
podSpec:
  {{- include "carrel.viewer.podFields" . | nindent 2 }}
  containers:
    - name: main
      image: $VOLUME_VIEWER_IMAGE
      env:
        {{- include "carrel.environment" (dict "own" $environment "extra" $viewer.extraEnv) | trim | nindent 8 }}
      {{- include "carrel.viewer.containerFields" . | nindent 6 }}
  volumes:
    - name: viewer-volume
      persistentVolumeClaim:
        claimName: $NAME
    {{- include "carrel.viewer.volumes" . | nindent 4 }}
networking:
  targetPort: 8080
  basePrefix: /pvcviewers
  rewrite: /
  timeout: {{ $viewer.timeoutSeconds | int64 }}s
rwoScheduling: true
{{- end }}

{{/*
The pod of a PVCViewer that names none. The controller adds the volume itself and fills in nothing, so
the pod asks Kubernetes for its name: its label is that of the viewer. Takes: root.
*/}}
{{- define "carrel.defaultViewerPod" -}}
{{- $viewer := .root.Values.components.volumesWebApp.config.viewer -}}
{{- $environment := include "carrel.viewer.environment" (dict "baseUrl" "/pvcviewers/$(NAMESPACE)/$(NAME)/") | fromYaml -}}
{{- range $name, $value := $viewer.extraEnv -}}
{{- $environment = set $environment $name ($value | replace "${NAMESPACE}" "$(NAMESPACE)" | replace "${NAME}" "$(NAME)" | replace "${PVC_NAME}" "$(NAME)") -}}
{{- end -}}
{{- include "carrel.viewer.podFields" . }}
containers:
  - name: main
    image: {{ include "carrel.image" (dict "root" .root "image" $viewer.image "path" "components.volumesWebApp.config.viewer.image") }}
    env:
      # Only what stands above a variable can be filled into it.
      - name: NAME
        valueFrom:
          fieldRef:
            fieldPath: metadata.labels['app.kubernetes.io/name']
      - name: NAMESPACE
        valueFrom:
          fieldRef:
            fieldPath: metadata.namespace
      {{- include "carrel.environment" (dict "own" $environment "extra" dict) | trim | nindent 6 }}
    {{- include "carrel.viewer.containerFields" . | nindent 4 }}
volumes:
  {{- include "carrel.viewer.volumes" . | nindent 2 }}
{{- end }}

{{/* Settings of the file browser (filebrowser/filebrowser). Takes: baseUrl. */}}
{{- define "carrel.viewer.environment" -}}
FB_ADDRESS: "0.0.0.0"
FB_BASEURL: {{ .baseUrl }}
FB_DATABASE: /tmp/filebrowser.db
FB_NOAUTH: "true"
FB_PORT: "8080"
{{- end }}

{{/* Takes: root. */}}
{{- define "carrel.viewer.podFields" -}}
{{- $viewer := .root.Values.components.volumesWebApp.config.viewer -}}
serviceAccountName: default-editor
# The file browser asks the cluster nothing, and whoever opens it sees the files of its pod.
automountServiceAccountToken: false
securityContext:
  {{- $context := dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault") }}
  {{- if eq .root.Values.podSecurity.uids "fixed" }}
  {{- /* User and group of the notebooks, whose files these are. */}}
  {{- $context = mergeOverwrite $context (dict "runAsUser" 1000 "fsGroup" 100) }}
  {{- end }}
  {{- toYaml (mergeOverwrite $context (deepCopy $viewer.podSecurityContext)) | nindent 2 }}
{{- end }}

{{/* Takes: root. */}}
{{- define "carrel.viewer.containerFields" -}}
{{- $viewer := .root.Values.components.volumesWebApp.config.viewer -}}
imagePullPolicy: {{ .root.Values.images.pullPolicy }}
ports:
  - name: http
    containerPort: 8080
    protocol: TCP
readinessProbe:
  tcpSocket:
    port: 8080
  initialDelaySeconds: 2
  periodSeconds: 10
securityContext:
  {{- $context := dict "allowPrivilegeEscalation" false "capabilities" (dict "drop" (list "ALL")) "readOnlyRootFilesystem" true }}
  {{- toYaml (mergeOverwrite $context (deepCopy $viewer.containerSecurityContext)) | nindent 2 }}
resources:
  {{- include "carrel.resources" (dict "component" $viewer) | trim | nindent 2 }}
workingDir: /srv
volumeMounts:
  - name: viewer-volume
    mountPath: /srv
  - name: tmp
    mountPath: /tmp
{{- end }}

{{- define "carrel.viewer.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 256Mi
{{- end }}
