{{/*
"true" when a tenant is rendered by this release: its shard is this one, and it is not absent.
Takes: root, name, tenant.
*/}}
{{- define "carrel.tenant.here" -}}
{{- $count := .root.Values.shards.count | int64 -}}
{{- $shard := mod (.name | adler32sum | int64) $count -}}
{{- and (eq $shard (.root.Values.shard | int64)) (ne (default "active" .tenant.state) "absent") -}}
{{- end }}

{{/*
Labels of the metadata of a tenant's objects.
Takes: root.
*/}}
{{- define "carrel.tenant.labels" -}}
{{ include "carrel.releaseLabels" . }}
{{- end }}

{{/*
Members of a tenant with what they may do, as JSON: {"ada@example.com": "edit"}. What the tenant says of
a user wins over groups; of two groups, edit wins. The owner needs no binding. An archived tenant has
no members.
Takes: root, tenant.
*/}}
{{- define "carrel.tenant.members" -}}
{{- $root := .root -}}
{{- $tenant := .tenant -}}
{{- $members := dict -}}
{{- if ne (default "active" $tenant.state) "archived" -}}
{{- range $role := list "view" "edit" -}}
{{- range $group, $granted := default dict $tenant.groups -}}
{{- if eq $granted $role -}}
{{- range $user := default list (get $root.Values.groups $group) -}}
{{- $members = set $members $user $role -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $user, $role := default dict $tenant.members -}}
{{- $members = set $members $user $role -}}
{{- end -}}
{{- $members = unset $members $tenant.owner -}}
{{- end -}}
{{- toJson $members -}}
{{- end }}

{{/*
Name that access-management gives a member's objects, so that the dashboard lists them
(access-management/kfam/bindings.go).
Takes: user, role.
*/}}
{{- define "carrel.tenant.bindingName" -}}
{{- regexReplaceAll "[^a-zA-Z0-9]+" (printf "user-%s-clusterrole-%s" .user .role) "-" | lower -}}
{{- end }}

{{/*
Every GPU resource that some plan grants or some image uses, as JSON: {"nvidia.com/gpu": true}. A quota
has a row for each, since a resource without a row is without a limit. Hidden images count: the cards
are there still.
Takes: root.
*/}}
{{- define "carrel.gpuResources" -}}
{{- $resources := dict -}}
{{- range $vendor := include "carrel.gpuVendors" (dict "root" .root "states" (list "offered" "hidden")) | fromYamlArray -}}
{{- $resources = set $resources $vendor.limitsKey true -}}
{{- end -}}
{{- range $plan := .root.Values.plans -}}
{{- range $resource, $count := default dict $plan.quota.gpus -}}
{{- $resources = set $resources $resource true -}}
{{- end -}}
{{- end -}}
{{- toJson $resources -}}
{{- end }}

{{/*
Largest amount that a container may ask for: the plan's largest size with the form's limit factor, and
never less than the injected sidecar has, since no pod could start.
Takes: size (amount as a number), factor (number or "none"), sidecar (amount as a number).
*/}}
{{- define "carrel.largestAmount" -}}
{{- $factor := 1.0 -}}
{{- if not (kindIs "string" .factor) -}}
{{- $factor = float64 .factor -}}
{{- end -}}
{{- $limit := mulf (float64 .size) $factor -}}
{{- /* The form rounds limits to one decimal. */ -}}
{{- $amount := maxf $limit (round $limit 1) (float64 .sidecar) -}}
{{- /* Printed as they are, numbers from a million on would get an exponent. */ -}}
{{- regexReplaceAll "[.]?0+$" (printf "%.3f" $amount) "" -}}
{{- end }}

{{/*
Labels of a tenant's namespace.
Takes: root, tenant.
*/}}
{{- define "carrel.tenant.namespaceLabels" -}}
{{- include "carrel.withExtra" (dict "own" (include "carrel.tenant.ownNamespaceLabels" .) "extra" .tenant.labels) -}}
{{- end }}
{{- define "carrel.tenant.ownNamespaceLabels" -}}
{{ include "carrel.tenantNamespaceLabels" . }}
{{ include "carrel.versionLabels" . }}
{{- end }}
