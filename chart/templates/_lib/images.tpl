{{/*
Reference of an image: the only place where one is written.
Takes: root, image (registry, repository, tag, digest), path (where the block is in the values, for
the sentence when it cannot be used).
*/}}
{{- define "carrel.image" -}}
{{- $images := .root.Values.images -}}
{{- $image := .image -}}
{{- if not (or $image.tag $image.digest) -}}
{{- fail (printf "%s: the image has neither tag nor digest; write %s.tag" .path .path) -}}
{{- end -}}
{{- if and $images.requireDigest (not $image.digest) -}}
{{- fail (printf "%s: images.requireDigest is on and the image has no digest; write %s.digest" .path .path) -}}
{{- end -}}
{{- if not $images.registry -}}
{{- printf "%s/%s" $image.registry $image.repository -}}
{{- else if eq $images.layout "hostPrefixed" -}}
{{- printf "%s/%s/%s" $images.registry ($image.registry | replace ":" "_") $image.repository -}}
{{- else -}}
{{- printf "%s/%s" $images.registry $image.repository -}}
{{- end -}}
{{- with $image.tag }}:{{ . }}{{ end -}}
{{- with $image.digest }}@{{ . }}{{ end -}}
{{- end }}

{{/*
Every image block that something is started from, as JSON: {"list": [{"path": …, "image": …}]}.
Takes: root.
*/}}
{{- define "carrel.imageBlocks" -}}
{{- $root := .root -}}
{{- $blocks := list -}}
{{- $components := $root.Values.components -}}
{{- range $name, $component := $components -}}
{{- $enabled := $component.enabled -}}
{{- if eq $name "accessManagement" -}}
{{- $enabled = $components.profileController.enabled -}}
{{- else if eq $name "dex" -}}
{{- $enabled = and $enabled (eq (include "carrel.login.dex" $) "true") -}}
{{- else if eq $name "oauth2Proxy" -}}
{{- $enabled = and $enabled (eq (include "carrel.login.page" $) "true") -}}
{{- end -}}
{{- if $enabled -}}
{{- $blocks = append $blocks (dict "path" (printf "components.%s.image" $name) "image" $component.image) -}}
{{- end -}}
{{- end -}}
{{- if or $components.volumesWebApp.enabled $components.pvcviewerController.enabled -}}
{{- $blocks = append $blocks (dict "path" "components.volumesWebApp.config.viewer.image" "image" $components.volumesWebApp.config.viewer.image) -}}
{{- end -}}
{{- if $components.tensorboardController.enabled -}}
{{- $blocks = append $blocks (dict "path" "components.tensorboardController.config.image" "image" $components.tensorboardController.config.image) -}}
{{- end -}}
{{- range $name, $entry := $root.Values.notebooks.images -}}
{{- if ne (default "offered" $entry.state) "off" -}}
{{- $blocks = append $blocks (dict "path" (printf "notebooks.images.%s.image" $name) "image" $entry.image) -}}
{{- end -}}
{{- end -}}
{{- dict "list" $blocks | toJson -}}
{{- end }}

{{/* Field of a pod that names the logins to the site's registry; nothing without any. Takes: root. */}}
{{- define "carrel.imagePullSecrets" -}}
{{- with .root.Values.images.pullSecrets -}}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end }}
