{{/*
What the volumes web app makes a viewer of a volume from (crud-web-apps/volumes/backend). It fills in
$NAME and $NAMESPACE, and $VOLUME_VIEWER_IMAGE from its own environment (Python's string.Template): an
unknown name behind a dollar sign would break every viewer.
*/}}

{{/* viewer-spec.yaml: the spec of a PVCViewer. Takes: root. */}}
{{- define "carrel.viewerSpec" -}}
{{- $viewer := .root.Values.components.volumesWebApp.config.viewer -}}
{{- $environment := dict
  "FB_ADDRESS" "0.0.0.0"
  "FB_PORT" "8080"
  "FB_DATABASE" "/tmp/filebrowser.db"
  "FB_NOAUTH" "true"
  "FB_BASEURL" "/pvcviewers/$NAMESPACE/$NAME/"
-}}
pvc: $NAME
podSpec:
  serviceAccountName: default-editor
  # File browser asks the cluster nothing, and whoever opens it sees every file of its pod.
  automountServiceAccountToken: false
  securityContext:
    {{- $pod := dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault") }}
    {{- if eq .root.Values.podSecurity.uids "fixed" }}
    {{- /* User and group of the notebooks, whose files these are. */}}
    {{- $pod = mergeOverwrite $pod (dict "runAsUser" 1000 "fsGroup" 100) }}
    {{- end }}
    {{- toYaml (mergeOverwrite $pod (deepCopy $viewer.podSecurityContext)) | nindent 4 }}
  containers:
    - name: main
      image: $VOLUME_VIEWER_IMAGE
      imagePullPolicy: {{ .root.Values.images.pullPolicy }}
      env:
        {{- include "carrel.environment" (dict "own" $environment "extra" $viewer.extraEnv) | trim | nindent 8 }}
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
        {{- $container := dict "allowPrivilegeEscalation" false "capabilities" (dict "drop" (list "ALL")) "readOnlyRootFilesystem" true }}
        {{- toYaml (mergeOverwrite $container (deepCopy $viewer.containerSecurityContext)) | nindent 8 }}
      resources:
        {{- include "carrel.resources" (dict "component" $viewer) | trim | nindent 8 }}
      workingDir: /srv
      volumeMounts:
        - name: viewer-volume
          mountPath: /srv
        - name: tmp
          mountPath: /tmp
  volumes:
    - name: viewer-volume
      persistentVolumeClaim:
        claimName: $NAME
    - name: tmp
      emptyDir:
        sizeLimit: 256Mi
networking:
  targetPort: 8080
  basePrefix: /pvcviewers
  rewrite: /
  timeout: {{ $viewer.timeoutSeconds | int64 }}s
rwoScheduling: true
{{- end }}
