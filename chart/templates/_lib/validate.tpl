{{/*
What no schema can say: every sentence on values that contradict each other, each beginning with the
key that is wrong. The generator's rules (generator/carrel/rules) say the same with file:line:col.
Takes: the root.
*/}}
{{- define "carrel.validate" -}}
{{- $removed := include "carrel.deprecations" (dict "root" . "state" "removed") | trim -}}
{{- if $removed -}}
{{- fail $removed -}}
{{- end -}}
{{- if not .Values.site.name -}}
{{- fail "site.name: no site is named; give the site's files with -f values/platforms/<platform>.yaml -f values/sites/<site>/site.yaml" -}}
{{- end -}}
{{- if not .Values.site.platform -}}
{{- fail "site.platform: the site does not name its platform; write the name of a file in values/platforms/, such as vanilla" -}}
{{- end -}}
{{- if ne .Values.site.platform .Values.platform.name -}}
{{- fail (printf "site.platform: the site is for platform %q, but the platform layer in use is %q; give -f values/platforms/%s.yaml before the site's file" .Values.site.platform .Values.platform.name .Values.site.platform) -}}
{{- end -}}
{{- $problems := list -}}
{{- range $area := list "release" "namespaces" "identity" "login" "secrets" "cookies" "certificates" "components" "culling" "catalogue" "images" "labels" "plans" "gpus" "tenants" "extraObjects" -}}
{{- $text := include (printf "carrel.validate.%s" $area) $ | trim -}}
{{- if $text -}}
{{- $problems = append $problems $text -}}
{{- end -}}
{{- end -}}
{{- if $problems -}}
{{- fail (join "\n" $problems) -}}
{{- end -}}
{{- end }}

{{/* A key as a step in a path: .small, or ["example.com/odd"]. Takes: the key. */}}
{{- define "carrel.validate.step" -}}
{{- if regexMatch "^[A-Za-z0-9_-]+$" . }}.{{ . }}{{ else }}["{{ . }}"]{{ end -}}
{{- end }}

{{/* An amount; Helm prints large numbers with an exponent. Takes: text or number. */}}
{{- define "carrel.validate.amount" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else }}{{ . }}{{ end -}}
{{- end }}

{{/* The release: its name, its namespace, its shard. */}}
{{- define "carrel.validate.release" -}}
{{- $name := .Release.Name -}}
{{- $tenantsName := regexMatch "-tenants-[0-9][0-9]$" $name -}}
{{- if and (eq .Values.scope "platform") $tenantsName }}
scope: release {{ $name }} is named as a tenants release but its scope is platform, which would delete the tenants' objects; set scope to tenants, or name the release carrel
{{- else if eq .Values.scope "tenants" }}
{{- if not $tenantsName }}
scope: release {{ $name }} has scope tenants but is not named so, and would delete the platform; name it {{ $name }}-tenants-{{ printf "%02d" (int .Values.shard) }}
{{- else if ne (trimPrefix "-tenants-" (regexFind "-tenants-[0-9][0-9]$" $name)) (printf "%02d" (int .Values.shard)) }}
shard: release {{ $name }} is named for another shard than {{ .Values.shard }}; its name ends in the shard's two digits
{{- end }}
{{- if ge (int .Values.shard) (int .Values.shards.count) }}
shard: there is no shard {{ .Values.shard }}, shards.count is {{ .Values.shards.count }} and they are counted from 0
{{- end }}
{{- end }}
{{- $taken := (include "carrel.namespacesOfOthers" (dict "root" .) | fromJson).list -}}
{{- if not (has .Release.Namespace $taken) -}}
{{- range $role, $namespace := .Values.namespaces -}}
{{- if and $namespace.create (eq $namespace.name $.Release.Namespace) }}
namespaces.{{ $role }}.name: the release's record lives in namespace {{ $.Release.Namespace }}, which the chart makes itself; install with -n carrel-system --create-namespace
{{- end }}
{{- end -}}
{{- if hasKey .Values.tenants .Release.Namespace }}
tenants.{{ .Release.Namespace }}: the release's record lives in that namespace; install with -n carrel-system --create-namespace
{{- end }}
{{- end -}}
{{- end }}

{{/* The platform's namespaces are nobody else's. */}}
{{- define "carrel.validate.namespaces" -}}
{{- $taken := (include "carrel.namespacesOfOthers" (dict "root" .) | fromJson).list -}}
{{- range $role, $namespace := .Values.namespaces -}}
{{- if has $namespace.name $taken }}
namespaces.{{ $role }}.name: {{ $namespace.name }} is one of the cluster's own; choose another name
{{- end }}
{{- end -}}
{{- end }}

{{/* The way in. */}}
{{- define "carrel.validate.identity" -}}
{{- $identity := .Values.identity -}}
{{- if and (eq $identity.mode "external") (not $identity.oidc.issuer) }}
identity.oidc.issuer: identity.mode is external and no provider is named; write the issuer of its tokens, such as https://login.example.com/realms/campus
{{- end }}
{{- if and (eq $identity.mode "demo") (not $identity.demo.user) }}
identity.demo.user: identity.mode is demo and no user is named; write one, such as user@example.com
{{- end }}
{{- if and (eq .Values.gateway.tls.mode "secret") (not .Values.gateway.existing) (not .Values.gateway.tls.secretName) }}
gateway.tls.secretName: gateway.tls.mode is secret and no Secret is named; write the name of one of type kubernetes.io/tls
{{- end }}
{{- if and (ne $identity.mode "demo") .Values.gateway.existing (not .Values.gateway.host) }}
gateway.host: Gateway {{ .Values.gateway.existing }} may serve other hosts, and without a host here the login would be demanded of all; write the host name that people open
{{- end }}
{{- if and .Values.components.dashboard.enabled (not .Values.components.profileController.enabled) }}
components.profileController.enabled: the dashboard asks access-management who may enter which Profile, and that runs in the pods of profileController; turn it on, or the dashboard off
{{- end }}
{{- if and .Values.components.volumesWebApp.enabled (not .Values.components.pvcviewerController.enabled) }}
components.pvcviewerController.enabled: the volumes web app opens volumes in viewers, and this controller starts them; turn it on, or volumesWebApp off
{{- end }}
{{- if and .Values.components.tensorboardsWebApp.enabled (not .Values.components.tensorboardController.enabled) }}
components.tensorboardController.enabled: the TensorBoards web app makes TensorBoards, and this controller starts them; turn it on, or tensorboardsWebApp off
{{- end }}
{{- if and .Values.components.tensorboardController.enabled (eq .Values.podSecurity.tenants "restricted") }}
podSecurity.tenants: the pods of TensorBoards have no security context and would be refused at level restricted; write baseline, or turn tensorboardController off
{{- end }}
{{- if and (eq .Values.podSecurity.tenants "restricted") (eq (dig "runAsUser" 1 .Values.notebooks.podTemplate.securityContext | int64) 0) }}
notebooks.podTemplate.securityContext.runAsUser: notebooks would run as root and be refused at level restricted; write another user ID, or podSecurity.tenants: baseline
{{- end }}
{{- if eq $identity.userHeader $identity.groupsHeader }}
identity.groupsHeader: it is the same header as identity.userHeader; a user's groups would replace the user
{{- end }}
{{- end }}

{{/* How people log in. */}}
{{- define "carrel.validate.login" -}}
{{- $identity := .Values.identity -}}
{{- if ge (int64 $identity.session.refreshMinutes) (mul 60 (int64 $identity.session.hours)) }}
identity.session.refreshMinutes: {{ $identity.session.refreshMinutes | int64 }} minutes are not shorter than a session of {{ $identity.session.hours | int64 }} hours; write fewer
{{- end }}
{{- if eq $identity.mode "dex" -}}
{{- if not .Values.components.dex.enabled }}
components.dex.enabled: identity.mode is dex and Dex is off; turn it on, or name a provider of yours with identity.mode external
{{- end }}
{{- if not .Values.components.oauth2Proxy.enabled }}
components.oauth2Proxy.enabled: identity.mode is dex and nothing else leads people to its login page; turn it on
{{- end }}
{{- if not (or $identity.dex.users $identity.dex.connectors) }}
identity.dex.connectors: identity.mode is dex and Dex knows nobody; name a connector, or a person in identity.dex.users for a demo
{{- end }}
{{- range $id, $connector := $identity.dex.connectors -}}
{{- $type := $connector.type -}}
{{- if not (hasKey $connector $type) }}
identity.dex.connectors.{{ $id }}.{{ $type }}: the connector is of type {{ $type }} and has no settings; write them under this key
{{- end }}
{{- if and (ne $type "saml") (not $connector.existingSecret) }}
identity.dex.connectors.{{ $id }}.existingSecret: a connector of type {{ $type }} reads {{ ternary "bind-password" "client-secret" (eq $type "ldap") }} from a Secret; name one
{{- end }}
{{- if and (eq $type "saml") $connector.existingSecret }}
identity.dex.connectors.{{ $id }}.existingSecret: a connector of type saml reads no Secret; leave it out
{{- end }}
{{- range $other := without (list "ldap" "oidc" "saml") $type -}}
{{- if hasKey $connector $other }}
identity.dex.connectors.{{ $id }}.{{ $other }}: the connector is of type {{ $type }} and reads no settings of another one; leave them out
{{- end }}
{{- end -}}
{{- if and (ne $type "ldap") (not $.Values.gateway.host) }}
gateway.host: the connector {{ $id }} sends people back to an address of the gateway, and no host is named; write the one in the browser's address bar
{{- end }}
{{- end -}}
{{- end -}}
{{- end }}

{{/*
Secrets that upstream publishes, by their SHA-256: whoever reads its manifests could log in with them.
*/}}
{{- define "carrel.validate.secrets" -}}
{{- range $name := list "dex" "oauth2Proxy" -}}
{{- range $variable, $value := (get $.Values.components $name).extraEnv -}}
{{- if kindIs "string" $value -}}
{{- if eq (include "carrel.validate.isPublished" $value) "true" }}
components.{{ $name }}.extraEnv.{{ $variable }}: Kubeflow's own manifests publish this secret; make one of your own with `carrel secrets`
{{- end }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Cookies, and whether a browser will keep them. */}}
{{- define "carrel.validate.cookies" -}}
{{- if eq .Values.gateway.tls.mode "none" -}}
{{- range $name, $variable := dict
  "jupyterWebApp" "APP_SECURE_COOKIES"
  "oauth2Proxy" "OAUTH2_PROXY_COOKIE_SECURE"
  "tensorboardsWebApp" "APP_SECURE_COOKIES"
  "volumesWebApp" "APP_SECURE_COOKIES"
-}}
{{- if has (get (get $.Values.components $name).extraEnv $variable | toString | lower) (list "true" "1") }}
components.{{ $name }}.extraEnv.{{ $variable }}: browsers keep these cookies to HTTPS, and gateway.tls.mode is none; leave it out, or write terminated there if a load balancer of yours encrypts
{{- end }}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "carrel.validate.isPublished" -}}
{{- has (sha256sum .) (list
  "462a0aa7e3ad7e72bcc06fd22a504044f4a4c79033231b9dc8900ad84fbe29b9"
  "80c8cb5e94a392a3d8fc7cf03d8a73bf68788e684466a02393405c717243c900"
  "c154376989fcff516b441dcc647bfe75780c80caf4f0d10012f98f93db0aa510"
  "1718c24b10aeb8099e3fc44960ab6949ab76a267352459f203ea1036bec382c2"
) -}}
{{- end }}

{{/* What every component has. */}}
{{- define "carrel.validate.components" -}}
{{- $ownVolumes := include "carrel.ownVolumes" . | fromYaml -}}
{{- range $name, $component := .Values.components -}}
{{- range $resource, $limit := $component.resources.limits -}}
{{- $request := default 0 (get $component.resources.requests $resource) -}}
{{- if lt (include "carrel.quantity" (dict "amount" $limit) | float64) (include "carrel.quantity" (dict "amount" $request) | float64) }}
components.{{ $name }}.resources.limits{{ include "carrel.validate.step" $resource }}: {{ include "carrel.validate.amount" $limit }} is less than the {{ include "carrel.validate.amount" $request }} that is requested
{{- end }}
{{- end -}}
{{- $own := default dict (get $ownVolumes $name) -}}
{{- range $volume, $source := default dict $component.extraVolumes -}}
{{- if hasKey $own $volume }}
components.{{ $name }}.extraVolumes{{ include "carrel.validate.step" $volume }}: the program has a volume of this name itself; choose another name
{{- end }}
{{- end -}}
{{- range $path, $mount := default dict $component.extraVolumeMounts -}}
{{- if has (trimSuffix "/" $path) (values $own) }}
components.{{ $name }}.extraVolumeMounts{{ include "carrel.validate.step" $path }}: the program has a mount there itself; choose another path
{{- end }}
{{- if not (or (hasKey $own $mount.name) (hasKey $component.extraVolumes $mount.name)) }}
components.{{ $name }}.extraVolumeMounts{{ include "carrel.validate.step" $path }}.name: there is no volume {{ $mount.name }} in components.{{ $name }}.extraVolumes
{{- end }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Who signs the webhooks' certificates. */}}
{{- define "carrel.validate.certificates" -}}
{{- $certificates := .Values.certificates -}}
{{- if and (eq $certificates.mode "existing") (or .Values.components.pvcviewerController.enabled .Values.components.podDefaults.enabled) (not $certificates.caBundle) }}
certificates.caBundle: certificates.mode is existing and no authority is named; write the PEM text of the one that signed the webhooks' certificates
{{- end }}
{{- end }}

{{/* Culling looks at Jupyter kernels only (notebook-controller/controllers/culling_controller.go). */}}
{{- define "carrel.validate.culling" -}}
{{- $notebooks := .Values.notebooks -}}
{{- if $notebooks.culling.enabled -}}
{{- range $type := list "vscode" "rstudio" -}}
{{- $images := list -}}
{{- range $name, $entry := $notebooks.images -}}
{{- /* Notebooks may still run a hidden image. */ -}}
{{- if and (eq $entry.type $type) (ne (default "offered" $entry.state) "off") -}}
{{- $images = append $images $name -}}
{{- end -}}
{{- end -}}
{{- if and $images (not (has $type $notebooks.culling.stopsRegardlessOfUse)) }}
notebooks.culling.enabled: {{ join ", " $images }} may run, and applications of type {{ $type }} report no activity: each would be stopped {{ $notebooks.culling.idleMinutes | int64 }} minutes after its start however busy it is; accept that with notebooks.culling.stopsRegardlessOfUse: [{{ $type }}], or set state: "off" there
{{- end }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The catalogue, and what the form starts with. */}}
{{- define "carrel.validate.catalogue" -}}
{{- $notebooks := .Values.notebooks -}}
{{- $jupyter := list -}}
{{- range $name, $entry := $notebooks.images -}}
{{- if and (eq $entry.type "jupyter") (eq (default "offered" $entry.state) "offered") -}}
{{- $jupyter = append $jupyter $name -}}
{{- end -}}
{{- end -}}
{{- if not $jupyter }}
notebooks.images: no image of type jupyter is offered, and the form opens on that tab; offer one
{{- end }}
{{- range $type, $name := $notebooks.defaults.images -}}
{{- if $name -}}
{{- $entry := get $notebooks.images $name -}}
{{- if not $entry }}
notebooks.defaults.images.{{ $type }}: there is no image {{ $name }} in notebooks.images
{{- else if or (ne $entry.type $type) (ne (default "offered" $entry.state) "offered") }}
notebooks.defaults.images.{{ $type }}: image {{ $name }} is not an offered image of type {{ $type }}
{{- end }}
{{- end -}}
{{- end -}}
{{- if has (index (splitList "/" $notebooks.home.mountPath) 1) (list "bin" "boot" "dev" "etc" "lib" "lib64" "opt" "proc" "run" "sbin" "sys" "usr" "var") }}
notebooks.home.mountPath: {{ $notebooks.home.mountPath }} is, or is in, a folder that every image needs, and the home would hide it; mount it elsewhere, such as at /home/jovyan
{{- end }}
{{- if not (hasKey $notebooks.sizes $notebooks.defaults.size) }}
notebooks.defaults.size: there is no size {{ $notebooks.defaults.size }} in notebooks.sizes
{{- else if $notebooks.shm.enabled -}}
{{- $memory := (get $notebooks.sizes $notebooks.defaults.size).memory -}}
{{- if gt (trimSuffix "Gi" $notebooks.shm.size | float64) (trimSuffix "Gi" $memory | float64) }}
notebooks.shm.size: {{ $notebooks.shm.size }} is more than the {{ $memory }} of memory that the default size {{ $notebooks.defaults.size }} has, and shared memory counts against it
{{- end }}
{{- end }}
{{- end }}

{{/* Images of two publishers stay two where the site's registry drops the publishers' hosts. */}}
{{- define "carrel.validate.images" -}}
{{- $own := .Values.images -}}
{{- if and $own.registry (eq $own.layout "path") -}}
{{- $seen := dict -}}
{{- range $block := (include "carrel.imageBlocks" (dict "root" .) | fromJson).list -}}
{{- $image := $block.image -}}
{{- if $image.tag -}}
{{- $reference := printf "%s/%s:%s" $own.registry $image.repository $image.tag -}}
{{- if not (hasKey $seen $reference) -}}
{{- $seen = set $seen $reference $block -}}
{{- end -}}
{{- $first := get $seen $reference -}}
{{- $other := $first.image -}}
{{- if and (ne $image.registry $other.registry) (not (and $image.digest (eq $image.digest (default "" $other.digest)))) }}
{{ $block.path }}: with images.layout path it is {{ $reference }}, as is {{ $first.path }} from {{ $other.registry }}; write images.layout: hostPrefixed, or another tag
{{- end }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/*
A label that leaves the sidecars out, which our routes and policies are for.
Takes: path, labels.
*/}}
{{- define "carrel.validate.ambient" -}}
{{- $label := "istio.io/dataplane-mode" -}}
{{- if not (has (get (default dict .labels) $label) (list "" "none")) }}
{{ .path }}{{ include "carrel.validate.step" $label }}: Carrel's routes and policies are those of sidecars, which Istio's ambient mode leaves out; leave the label out, or write none
{{- end }}
{{- end }}

{{/*
Labels that other objects go by and that decide isolation are not a site's to set. Of the two for injection Istio heeds one, and
not the one that the chart may have set.
*/}}
{{- define "carrel.validate.labels" -}}
{{- $root := dict "root" . -}}
{{- range $label, $value := include "carrel.ownPodLabels" (dict "program" "dashboard" "app" "any") | fromYaml -}}
{{- range $name, $component := $.Values.components -}}
{{- if hasKey (default dict $component.podLabels) $label }}
components.{{ $name }}.podLabels{{ include "carrel.validate.step" $label }}: the chart sets this label itself; leave it out
{{- end }}
{{- end -}}
{{- end -}}
{{- range $label := list "app" "app.kubernetes.io/name" "notebook-name" "sidecar.istio.io/inject" "statefulset" -}}
{{- if hasKey $.Values.notebooks.podTemplate.labels $label }}
notebooks.podTemplate.labels{{ include "carrel.validate.step" $label }}: the chart sets this label itself; leave it out
{{- end }}
{{- end -}}
{{- range $label, $value := mergeOverwrite (dict "istio-injection" "" "istio.io/rev" "") (include "carrel.ownNamespaceLabels" $root | fromYaml) -}}
{{- if hasKey $.Values.namespaces.kubeflow.labels $label }}
namespaces.kubeflow.labels{{ include "carrel.validate.step" $label }}: the chart sets this label itself; leave it out
{{- end }}
{{- end -}}
{{- range $label, $value := mergeOverwrite (dict "istio-injection" "" "istio.io/rev" "") (include "carrel.ownLoginNamespaceLabels" $root | fromYaml) -}}
{{- range $role := list "auth" "oauth2Proxy" -}}
{{- if hasKey (get $.Values.namespaces $role).labels $label }}
namespaces.{{ $role }}.labels{{ include "carrel.validate.step" $label }}: the chart sets this label itself; leave it out
{{- end }}
{{- end -}}
{{- end -}}
{{- range $label, $value := mergeOverwrite (dict "istio-injection" "" "istio.io/rev" "") (include "carrel.tenant.ownNamespaceLabels" $root | fromYaml) -}}
{{- range $name, $tenant := $.Values.tenants -}}
{{- if hasKey (default dict $tenant.labels) $label }}
tenants.{{ $name }}.labels{{ include "carrel.validate.step" $label }}: the chart sets this label itself; leave it out
{{- end }}
{{- end -}}
{{- if hasKey $.Values.components.profileController.config.namespaceLabels $label }}
components.profileController.config.namespaceLabels{{ include "carrel.validate.step" $label }}: the chart sets this label itself; leave it out
{{- end }}
{{- end -}}
{{- range $name, $component := .Values.components -}}
{{- include "carrel.validate.ambient" (dict "path" (printf "components.%s.podLabels" $name) "labels" $component.podLabels) -}}
{{- end -}}
{{- include "carrel.validate.ambient" (dict "path" "notebooks.podTemplate.labels" "labels" .Values.notebooks.podTemplate.labels) -}}
{{- range $role, $namespace := .Values.namespaces -}}
{{- include "carrel.validate.ambient" (dict "path" (printf "namespaces.%s.labels" $role) "labels" $namespace.labels) -}}
{{- end -}}
{{- include "carrel.validate.ambient" (dict "path" "components.profileController.config.namespaceLabels" "labels" .Values.components.profileController.config.namespaceLabels) -}}
{{- range $name, $tenant := .Values.tenants -}}
{{- include "carrel.validate.ambient" (dict "path" (printf "tenants.%s.labels" $name) "labels" $tenant.labels) -}}
{{- end -}}
{{- end }}

{{/* Plans. */}}
{{- define "carrel.validate.plans" -}}
{{- $sizes := .Values.notebooks.sizes -}}
{{- $default := .Values.notebooks.defaults.size -}}
{{- range $name, $plan := .Values.plans -}}
{{- if and (hasKey $sizes $default) $plan.quota.notebooks -}}
{{- $size := get $sizes $default -}}
{{- if lt (float64 $plan.quota.cpu) (float64 $size.cpu) }}
plans.{{ $name }}.quota.cpu: {{ $plan.quota.cpu }} is less than the {{ $size.cpu }} of the default size {{ $default }}, so that no notebook could start as the form offers it
{{- end }}
{{- if lt (trimSuffix "Gi" $plan.quota.memory | float64) (trimSuffix "Gi" $size.memory | float64) }}
plans.{{ $name }}.quota.memory: {{ $plan.quota.memory }} is less than the {{ $size.memory }} of the default size {{ $default }}, so that no notebook could start as the form offers it
{{- end }}
{{- end -}}
{{- if not (hasKey $sizes $plan.largestSize) }}
plans.{{ $name }}.largestSize: there is no size {{ $plan.largestSize }} in notebooks.sizes
{{- else -}}
{{- $size := get $sizes $plan.largestSize -}}
{{- if gt (float64 $plan.requestsWhenUnset.cpu) (float64 $size.cpu) }}
plans.{{ $name }}.requestsWhenUnset.cpu: {{ $plan.requestsWhenUnset.cpu }} is more than the {{ $size.cpu }} of the largest size {{ $plan.largestSize }}
{{- end }}
{{- if gt (trimSuffix "Gi" $plan.requestsWhenUnset.memory | float64) (trimSuffix "Gi" $size.memory | float64) }}
plans.{{ $name }}.requestsWhenUnset.memory: {{ $plan.requestsWhenUnset.memory }} is more than the {{ $size.memory }} of the largest size {{ $plan.largestSize }}
{{- end }}
{{- end }}
{{- end -}}
{{- end }}

{{/* A quota counts requests of extended resources, and the chart writes that into the row's name. */}}
{{- define "carrel.validate.gpus" -}}
{{- range $name, $plan := .Values.plans -}}
{{- range $resource, $count := default dict $plan.quota.gpus -}}
{{- if regexMatch "^(requests|limits)[.]" $resource }}
plans.{{ $name }}.quota.gpus{{ include "carrel.validate.step" $resource }}: the row of the quota would be requests.{{ $resource }}, which counts nothing; write {{ regexReplaceAll "^(requests|limits)[.]" $resource "" }}
{{- end }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Tenants. */}}
{{- define "carrel.validate.tenants" -}}
{{- $reserved := (include "carrel.namespacesOfOthers" (dict "root" .) | fromJson).list -}}
{{- range $namespace := .Values.namespaces -}}
{{- $reserved = append $reserved $namespace.name -}}
{{- end -}}
{{- range $name, $tenant := .Values.tenants -}}
{{- if has $name $reserved }}
tenants.{{ $name }}: a tenant becomes the namespace of its name, and {{ $name }} is one of the cluster's own; choose another name
{{- end }}
{{- if not (hasKey $.Values.plans $tenant.plan) }}
tenants.{{ $name }}.plan: there is no plan {{ $tenant.plan }} in plans
{{- end }}
{{- range $group, $role := default dict $tenant.groups -}}
{{- if not (hasKey $.Values.groups $group) }}
tenants.{{ $name }}.groups.{{ $group }}: there is no group {{ $group }} in groups
{{- end }}
{{- end -}}
{{- if hasKey (default dict $tenant.members) $tenant.owner }}
tenants.{{ $name }}.members["{{ $tenant.owner }}"]: the owner may do everything already; leave them out of members
{{- end }}
{{- $seen := dict -}}
{{- range $user, $role := include "carrel.tenant.members" (dict "root" $ "tenant" $tenant) | fromJson -}}
{{- $binding := include "carrel.tenant.bindingName" (dict "user" $user "role" $role) -}}
{{- if hasKey $seen $binding }}
tenants.{{ $name }}.members: {{ get $seen $binding }} and {{ $user }} both become {{ $binding }}, since access-management writes every odd character as a dash; one of them needs another address
{{- end }}
{{- $seen = set $seen $binding $user -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Objects of a site's own. */}}
{{- define "carrel.validate.extraObjects" -}}
{{- range $name, $object := .Values.extraObjects -}}
{{- if and (eq $object.apiVersion "v1") (eq $object.kind "Secret") -}}
{{- range $field := list "data" "stringData" -}}
{{- if get $object $field }}
extraObjects.{{ $name }}.{{ $field }}: everyone who may read the values or the manifests would read this Secret; make it in the cluster by other means and leave it out here
{{- end }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
