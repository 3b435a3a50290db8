{{/*
How people log in: who makes their tokens, and what the gateway and oauth2-proxy are told of it.
*/}}

{{/* "true" when the platform runs Dex. Takes: root. */}}
{{- define "carrel.login.dex" -}}
{{- and .root.Values.components.dex.enabled (eq .root.Values.identity.mode "dex") -}}
{{- end }}

{{/* "true" when there is a login page, and with it oauth2-proxy. Takes: root. */}}
{{- define "carrel.login.page" -}}
{{- $identity := .root.Values.identity -}}
{{- $client := or (eq $identity.mode "dex") (and (eq $identity.mode "external") (ne $identity.oidc.clientId "")) -}}
{{- and .root.Values.components.oauth2Proxy.enabled $client -}}
{{- end }}

{{/* Address of Dex inside the cluster, which is its issuer too: it needs no DNS name. Takes: root. */}}
{{- define "carrel.login.dexIssuer" -}}
{{- printf "http://dex.%s.svc.%s:5556/dex" .root.Values.namespaces.auth.name .root.Values.kubernetes.clusterDomain -}}
{{- end }}

{{/* Issuer of people's tokens. Takes: root. */}}
{{- define "carrel.login.issuer" -}}
{{- if eq .root.Values.identity.mode "dex" -}}
{{- include "carrel.login.dexIssuer" . -}}
{{- else -}}
{{- .root.Values.identity.oidc.issuer -}}
{{- end -}}
{{- end }}

{{/* Address of the keys that sign them; empty: found through the issuer. Takes: root. */}}
{{- define "carrel.login.jwksUri" -}}
{{- if eq .root.Values.identity.mode "dex" -}}
{{- include "carrel.login.dexIssuer" . }}/keys
{{- else -}}
{{- .root.Values.identity.oidc.jwksUri -}}
{{- end -}}
{{- end }}

{{/* Client that oauth2-proxy is at the issuer. Takes: root. */}}
{{- define "carrel.login.clientId" -}}
{{- if eq .root.Values.identity.mode "dex" -}}
carrel
{{- else -}}
{{- .root.Values.identity.oidc.clientId -}}
{{- end -}}
{{- end }}

{{/* Audiences of which a token must name one, as JSON: {"list": [...]}. Takes: root. */}}
{{- define "carrel.login.audiences" -}}
{{- $audiences := compact (list (include "carrel.login.clientId" .)) -}}
{{- if eq .root.Values.identity.mode "external" -}}
{{- $audiences = concat $audiences .root.Values.identity.oidc.audiences | uniq -}}
{{- end -}}
{{- dict "list" $audiences | toJson -}}
{{- end }}

{{/* Claim that becomes the user header. Takes: root. */}}
{{- define "carrel.login.userClaim" -}}
{{- $oidc := .root.Values.identity.oidc -}}
{{- if eq .root.Values.identity.mode "dex" -}}
email
{{- else -}}
{{- default (ternary "preferred_username" "email" (eq $oidc.preset "entra")) $oidc.userClaim -}}
{{- end -}}
{{- end }}

{{/* Claim that becomes the groups header. Takes: root. */}}
{{- define "carrel.login.groupsClaim" -}}
{{- if eq .root.Values.identity.mode "dex" -}}
groups
{{- else -}}
{{- default "groups" .root.Values.identity.oidc.groupsClaim -}}
{{- end -}}
{{- end }}

{{/* Scopes that are asked for, as a line. Takes: root. */}}
{{- define "carrel.login.scopes" -}}
{{- $oidc := .root.Values.identity.oidc -}}
{{- if or (eq .root.Values.identity.mode "dex") (and (eq $oidc.preset "dex") (not $oidc.scopes)) -}}
openid email profile groups
{{- else if $oidc.scopes -}}
{{- join " " $oidc.scopes -}}
{{- else if eq $oidc.preset "entra" -}}
openid email profile offline_access
{{- else -}}
openid email profile
{{- end -}}
{{- end }}

{{/* Minutes after which a new token is fetched, before the present one runs out; 0: never. Takes: root. */}}
{{- define "carrel.login.refreshMinutes" -}}
{{- $identity := .root.Values.identity -}}
{{- if eq $identity.mode "dex" -}}
0
{{- else if $identity.session.refreshMinutes -}}
{{- $identity.session.refreshMinutes | int64 -}}
{{- else -}}
{{- get (dict "entra" 50 "keycloak" 4 "dex" 0 "generic" 0) $identity.oidc.preset -}}
{{- end -}}
{{- end }}

{{/* Address in the browser that a path of ours has; a path alone where no host is named. Takes: root, path. */}}
{{- define "carrel.login.address" -}}
{{- if .root.Values.gateway.host -}}
{{- $scheme := ternary "http" "https" (eq .root.Values.gateway.tls.mode "none") -}}
{{- printf "%s://%s%s" $scheme .root.Values.gateway.host .path -}}
{{- else -}}
{{- .path -}}
{{- end -}}
{{- end }}

{{/* Paths that must be reached without a token, as JSON: {"list": [...]}. Takes: root. */}}
{{- define "carrel.login.openPaths" -}}
{{- $paths := list -}}
{{- if eq (include "carrel.login.page" .) "true" -}}
{{- $paths = append $paths "/oauth2/*" -}}
{{- end -}}
{{- if eq (include "carrel.login.dex" .) "true" -}}
{{- $paths = append $paths "/dex/*" -}}
{{- end -}}
{{- dict "list" $paths | toJson -}}
{{- end }}

{{/*
oauth2_proxy.cfg. A quoted text is the same in JSON and in TOML. Takes: root.
*/}}
{{- define "carrel.login.proxyConfig" -}}
{{- $identity := .root.Values.identity -}}
{{- $dex := eq $identity.mode "dex" -}}
# It answers the gateway's question and forwards nothing.
http_address = "0.0.0.0:4180"
metrics_address = "0.0.0.0:44180"
upstreams = [ "static://200" ]
email_domains = [ "*" ]

provider = "oidc"
provider_display_name = {{ get (dict "entra" "Entra ID" "keycloak" "Keycloak" "dex" "Dex" "generic" "your organisation") (ternary "dex" $identity.oidc.preset $dex) | toJson }}
client_id = {{ include "carrel.login.clientId" . | toJson }}
oidc_issuer_url = {{ include "carrel.login.issuer" . | toJson }}
oidc_email_claim = {{ include "carrel.login.userClaim" . | toJson }}
oidc_groups_claim = {{ include "carrel.login.groupsClaim" . | toJson }}
scope = {{ include "carrel.login.scopes" . | toJson }}
code_challenge_method = "S256"
insecure_oidc_skip_nonce = false
{{- if $dex }}
# A browser reaches Dex through the gateway, and oauth2-proxy inside the cluster.
skip_oidc_discovery = true
login_url = {{ include "carrel.login.address" (dict "root" .root "path" "/dex/auth") | toJson }}
redeem_url = {{ printf "%s/token" (include "carrel.login.dexIssuer" .) | toJson }}
oidc_jwks_url = {{ include "carrel.login.jwksUri" . | toJson }}
{{- end }}
{{- if or $dex (eq $identity.oidc.preset "dex") }}
# Without it Dex asks for the password each time.
prompt = "none"
{{- end }}
{{- if or $dex .root.Values.gateway.host }}
redirect_url = {{ include "carrel.login.address" (dict "root" .root "path" "/oauth2/callback") | toJson }}
{{- end }}
{{- if not .root.Values.gateway.host }}
relative_redirect_url = true
{{- end }}

# What the gateway then checks, and makes the user header from.
set_authorization_header = true

# A page first: on a session's end, requests of open pages would each begin a login of their own.
skip_provider_button = false
custom_sign_in_logo = "-"
banner = "-"
footer = "-"
# These get a 401 instead of a page.
api_routes = [ "/api/", "/apis/" ]

cookie_name = "oauth2_proxy_kubeflow"
cookie_secure = {{ include "carrel.secureCookies" . }}
cookie_httponly = true
cookie_samesite = "lax"
cookie_expire = "{{ $identity.session.hours | int64 }}h"
cookie_refresh = "{{ include "carrel.login.refreshMinutes" . }}m"
{{- end }}
