{{/*
The lines on values that were renamed or removed, or will be, each beginning with the key in
question. `carrel validate` says the same of the same keys. files/deprecations.json has for each
state a list of: path, of which a step * is every entry of a map or item of a list; sentence, in
which <0> is what the first * stood for; values that have a sentence of their own; defaults by path, which
are there whether or not anybody wrote them.
Takes: root; state: removed or announced.
*/}}
{{- define "carrel.deprecations" -}}
{{- $lists := .root.Files.Get "files/deprecations.json" | fromJson -}}
{{- range $entry := get $lists .state -}}
{{- include "carrel.deprecations.below" (dict "entry" $entry "steps" $entry.path "at" "" "matched" list "value" $.root.Values) -}}
{{- end -}}
{{- end }}

{{/*
The lines of one entry on what is below a value.
Takes: entry; steps that remain of its path; at, the path of the value; matched, what each * so far
stood for; value.
*/}}
{{- define "carrel.deprecations.below" -}}
{{- if not .steps -}}
{{- include "carrel.deprecations.line" . -}}
{{- else if or (kindIs "map" .value) (and (kindIs "slice" .value) (eq (first .steps) "*")) -}}
{{- $isMap := kindIs "map" .value -}}
{{- $step := first .steps -}}
{{- range $key, $value := .value -}}
{{- if or (eq $step "*") (eq $step (toString $key)) -}}
{{- $shown := printf "[%v]" $key -}}
{{- if $isMap -}}
{{- $shown = include "carrel.validate.step" $key -}}
{{- end -}}
{{- $matched := $.matched -}}
{{- if eq $step "*" -}}
{{- $matched = append $matched $shown -}}
{{- end -}}
{{- include "carrel.deprecations.below" (dict "entry" $.entry "steps" (rest $.steps) "at" (print $.at $shown) "matched" $matched "value" $value) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The line of one entry on a value that its path leads to. Takes: as above. */}}
{{- define "carrel.deprecations.line" -}}
{{- $at := trimPrefix "." .at -}}
{{- $value := toJson .value -}}
{{- $sentence := .entry.sentence -}}
{{- range $each := .entry.values -}}
{{- if eq (toJson $each.value) $value -}}
{{- $sentence = $each.sentence -}}
{{- end -}}
{{- end -}}
{{- $defaults := default dict .entry.defaults -}}
{{- if and (hasKey $defaults $at) (eq (toJson (get $defaults $at)) $value) -}}
{{- $sentence = "" -}}
{{- end -}}
{{- if $sentence }}
{{- range $number, $step := .matched -}}
{{- $sentence = replace (printf "<%d>" $number) $step $sentence -}}
{{- end }}
{{ $at }}: {{ $sentence }}
{{- end -}}
{{- end }}
