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
