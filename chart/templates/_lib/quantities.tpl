{{/*
The number that a quantity of Kubernetes is: 0.5 for 500m, 1024 for 1Ki.
Takes: amount (text or number).
*/}}
{{- define "carrel.quantity" -}}
{{- $amount := toString .amount -}}
{{- $suffix := regexFind "[A-Za-z]+$" $amount -}}
{{- $factor := get (dict
  "" 1 "n" 0.000000001 "u" 0.000001 "m" 0.001
  "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 "P" 1000000000000000 "E" 1000000000000000000
  "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "Pi" 1125899906842624 "Ei" 1152921504606846976
) $suffix -}}
{{- mulf (trimSuffix $suffix $amount | float64) $factor -}}
{{- end }}

{{/*
Amounts as the API server stores them: it rewrites 0.1 to 100m and 1024Gi to 1Ti. An amount that it
rewrote differs from ours for whoever applies the same objects under another name.
*/}}

{{/*
Cores. Thousandths are the least.
Takes: amount (number).
*/}}
{{- define "carrel.cores" -}}
{{- $thousandths := round (mulf (float64 .amount) 1000) 0 | int64 -}}
{{- include "carrel.shortest" (dict "amount" $thousandths "step" 1000 "suffixes" (list "m" "" "k" "M")) -}}
{{- end }}

{{/*
Bytes, where part of one counts as one.
Takes: amount (text such as 0.25Gi).
*/}}
{{- define "carrel.bytes" -}}
{{- $bytes := ceil (mulf (trimSuffix "Gi" .amount | float64) 1073741824) | int64 -}}
{{- include "carrel.shortest" (dict "amount" $bytes "step" 1024 "suffixes" (list "" "Ki" "Mi" "Gi" "Ti" "Pi")) -}}
{{- end }}

{{/*
A whole number with the largest suffix that leaves it whole.
Takes: amount (in units of the first suffix), step (between two suffixes), suffixes.
*/}}
{{- define "carrel.shortest" -}}
{{- $larger := rest .suffixes -}}
{{- if not .amount -}}
0
{{- else if or (not $larger) (mod .amount .step) -}}
{{ .amount }}{{ first .suffixes }}
{{- else -}}
{{- include "carrel.shortest" (dict "amount" (div .amount .step) "step" .step "suffixes" $larger) -}}
{{- end -}}
{{- end }}
