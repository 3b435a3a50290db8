{{/*
config.yaml of Dex (cmd/dex/config.go). What is secret comes from the environment: Dex fills variables
into its connectors' settings, which is why none of these may hold a dollar sign of its own.
*/}}

{{/* Takes: root. */}}
{{- define "carrel.dex.config" -}}
{{- $dex := .root.Values.identity.dex -}}
issuer: {{ include "carrel.login.dexIssuer" . | quote }}
storage:
  type: kubernetes
  config:
    inCluster: true
web:
  http: 0.0.0.0:5556
telemetry:
  http: 0.0.0.0:5558
logger:
  level: {{ .root.Values.components.dex.config.logLevel }}
  format: json
expiry:
  idTokens: {{ .root.Values.identity.session.hours | int64 }}h
oauth2:
  skipApprovalScreen: true
staticClients:
  - id: {{ include "carrel.login.clientId" . }}
    name: Carrel
    secretEnv: DEX_CLIENT_SECRET
    redirectURIs: [{{ include "carrel.login.address" (dict "root" .root "path" "/oauth2/callback") | quote }}]
enablePasswordDB: {{ not (empty $dex.users) }}
{{- with $dex.users }}
staticPasswords:
  {{- range $name, $user := . }}
  - username: {{ $name | quote }}
    userID: {{ $name | quote }}
    email: {{ $user.email | quote }}
    hashFromEnv: {{ include "carrel.dex.variable" (dict "kind" "USER" "name" $name) }}
  {{- end }}
{{- end }}
{{- with $dex.connectors }}
connectors:
  {{- range $id, $connector := . }}
  - type: {{ $connector.type }}
    id: {{ $id | quote }}
    name: {{ $connector.title | quote }}
    config:
      {{- if eq $connector.type "ldap" }}
      {{- include "carrel.dex.ldap" (dict "id" $id "settings" $connector.ldap) | nindent 6 }}
      {{- else if eq $connector.type "oidc" }}
      {{- include "carrel.dex.oidc" (dict "root" $.root "id" $id "settings" $connector.oidc) | nindent 6 }}
      {{- else }}
      {{- include "carrel.dex.saml" (dict "root" $.root "settings" $connector.saml) | nindent 6 }}
      {{- end }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Name of the variable that holds a secret. Takes: kind, name. */}}
{{- define "carrel.dex.variable" -}}
{{- printf "DEX_%s_%s" .kind (.name | upper | replace "-" "_") -}}
{{- end }}

{{/* Where a provider sends people back to. Takes: root. */}}
{{- define "carrel.dex.callback" -}}
{{- include "carrel.login.address" (dict "root" .root "path" "/dex/callback") -}}
{{- end }}

{{/* A directory (connector/ldap). Takes: id, settings. */}}
{{- define "carrel.dex.ldap" -}}
{{- $settings := .settings -}}
{{- $encryption := default "ldaps" $settings.encryption -}}
host: {{ $settings.host | quote }}
insecureNoSSL: {{ eq $encryption "none" }}
startTLS: {{ eq $encryption "startTls" }}
{{- with $settings.ca }}
rootCAData: {{ . | b64enc }}
{{- end }}
bindDN: {{ $settings.bindDn | quote }}
bindPW: ${{ include "carrel.dex.variable" (dict "kind" "CONNECTOR" "name" .id) }}
userSearch:
  {{- $search := $settings.userSearch }}
  baseDN: {{ $search.baseDn | quote }}
  {{- with $search.filter }}
  filter: {{ . | quote }}
  {{- end }}
  username: {{ default "uid" $search.username | quote }}
  idAttr: {{ default "uid" $search.idAttribute | quote }}
  emailAttr: {{ default "mail" $search.emailAttribute | quote }}
  nameAttr: {{ default "cn" $search.nameAttribute | quote }}
{{- $groups := default dict $settings.groupSearch }}
{{- if $groups.baseDn }}
groupSearch:
  baseDN: {{ $groups.baseDn | quote }}
  {{- with $groups.filter }}
  filter: {{ . | quote }}
  {{- end }}
  userMatchers:
    - userAttr: {{ default "DN" $groups.userAttribute | quote }}
      groupAttr: {{ default "member" $groups.groupAttribute | quote }}
  nameAttr: {{ default "cn" $groups.nameAttribute | quote }}
{{- end }}
{{- end }}

{{/* Another provider (connector/oidc). Takes: root, id, settings. */}}
{{- define "carrel.dex.oidc" -}}
{{- $settings := .settings -}}
issuer: {{ $settings.issuer | quote }}
clientID: {{ $settings.clientId | quote }}
clientSecret: ${{ include "carrel.dex.variable" (dict "kind" "CONNECTOR" "name" .id) }}
redirectURI: {{ include "carrel.dex.callback" . | quote }}
scopes: [openid, email, profile]
claimMapping:
  email: {{ default "email" $settings.emailClaim | quote }}
  {{- with $settings.groupsClaim }}
  groups: {{ . | quote }}
  {{- end }}
insecureEnableGroups: {{ not (empty $settings.groupsClaim) }}
{{- end }}

{{/* A SAML provider (connector/saml). Takes: root, settings. */}}
{{- define "carrel.dex.saml" -}}
{{- $settings := .settings -}}
ssoURL: {{ $settings.ssoUrl | quote }}
caData: {{ $settings.ca | b64enc }}
redirectURI: {{ include "carrel.dex.callback" . | quote }}
entityIssuer: {{ default (include "carrel.dex.callback" .) $settings.entityIssuer | quote }}
usernameAttr: {{ default "name" $settings.usernameAttribute | quote }}
emailAttr: {{ default "email" $settings.emailAttribute | quote }}
{{- with $settings.groupsAttribute }}
groupsAttr: {{ . | quote }}
{{- end }}
nameIDPolicyFormat: {{ default "persistent" $settings.nameIdFormat }}
{{- end }}

{{/* The variables with what is secret, as YAML. Takes: root. */}}
{{- define "carrel.dex.environment" -}}
{{- $config := .root.Values.components.dex.config -}}
{{- $environment := dict
  "KUBERNETES_POD_NAMESPACE" (dict "fieldRef" (dict "fieldPath" "metadata.namespace"))
  "DEX_CLIENT_SECRET" (dict "secretKeyRef" (dict "name" $config.clientSecret "key" "dex-client-secret"))
-}}
{{- range $name, $user := .root.Values.identity.dex.users -}}
{{- $variable := include "carrel.dex.variable" (dict "kind" "USER" "name" $name) -}}
{{- $environment = set $environment $variable (dict "secretKeyRef" (dict "name" $config.usersSecret "key" (printf "%s.hash" $name))) -}}
{{- end -}}
{{- range $id, $connector := .root.Values.identity.dex.connectors -}}
{{- $key := get (dict "ldap" "bind-password" "oidc" "client-secret" "saml" "") $connector.type -}}
{{- if $key -}}
{{- $variable := include "carrel.dex.variable" (dict "kind" "CONNECTOR" "name" $id) -}}
{{- $environment = set $environment $variable (dict "secretKeyRef" (dict "name" $connector.existingSecret "key" $key)) -}}
{{- end -}}
{{- end -}}
{{- toYaml $environment -}}
{{- end }}
