{{/*
A map as YAML: a site's entries below the chart's own, which win since other objects go by them.
Takes: own (YAML text), extra (map).
*/}}
{{- define "carrel.withExtra" -}}
{{- $own := .own | fromYaml -}}
{{- mergeOverwrite (deepCopy (default dict .extra)) $own | toYaml -}}
{{- end }}
