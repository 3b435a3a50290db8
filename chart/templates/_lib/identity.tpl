{{/*
Who is who in the mesh. Every principal, header and host in the chart comes from here, so that one
value changes them all.
*/}}

{{/* Namespace of the platform's programs. Takes: root. */}}
{{- define "carrel.namespace" -}}
{{- .root.Values.namespaces.kubeflow.name -}}
{{- end }}

{{/* Namespace of a program. Takes: root, program (as in carrel.selector). */}}
{{- define "carrel.programNamespace" -}}
{{- if eq .program "dex" -}}
{{- .root.Values.namespaces.auth.name -}}
{{- else if eq .program "oauth2-proxy" -}}
{{- .root.Values.namespaces.oauth2Proxy.name -}}
{{- else -}}
{{- include "carrel.namespace" . -}}
{{- end -}}
{{- end }}

{{/* Namespace of the ingress gateway's pods. Takes: root. */}}
{{- define "carrel.gatewayNamespace" -}}
{{- default .root.Values.mesh.namespace .root.Values.mesh.gateway.namespace -}}
{{- end }}

{{/* Principal of a service account. Takes: root, namespace, serviceAccount. */}}
{{- define "carrel.principal" -}}
{{- printf "%s/ns/%s/sa/%s" .root.Values.mesh.trustDomain .namespace .serviceAccount -}}
{{- end }}

{{/* Principal of the ingress gateway. Takes: root. */}}
{{- define "carrel.gatewayPrincipal" -}}
{{- include "carrel.principal" (dict "root" .root "namespace" (include "carrel.gatewayNamespace" .) "serviceAccount" .root.Values.mesh.gateway.serviceAccount) -}}
{{- end }}

{{/* Principal of the notebook controller, who asks notebooks for their activity. Takes: root. */}}
{{- define "carrel.notebookControllerPrincipal" -}}
{{- include "carrel.principal" (dict "root" .root "namespace" (include "carrel.namespace" .) "serviceAccount" (include "carrel.serviceAccount.notebookController" .)) -}}
{{- end }}

{{/* Principal of the dashboard, the only one who asks access-management. Takes: root. */}}
{{- define "carrel.dashboardPrincipal" -}}
{{- include "carrel.principal" (dict "root" .root "namespace" (include "carrel.namespace" .) "serviceAccount" (include "carrel.serviceAccount.dashboard" .)) -}}
{{- end }}

{{/* Service account names. Upstream's programs know each other by them. Takes: root. */}}
{{- define "carrel.serviceAccount.notebookController" -}}
{{- default "notebook-controller-service-account" .root.Values.components.notebookController.serviceAccount.name -}}
{{- end }}
{{- define "carrel.serviceAccount.jupyterWebApp" -}}
{{- default "jupyter-web-app-service-account" .root.Values.components.jupyterWebApp.serviceAccount.name -}}
{{- end }}
{{- define "carrel.serviceAccount.volumesWebApp" -}}
{{- default "volumes-web-app-service-account" .root.Values.components.volumesWebApp.serviceAccount.name -}}
{{- end }}
{{- define "carrel.serviceAccount.pvcviewerController" -}}
{{- default "pvcviewer-controller-manager" .root.Values.components.pvcviewerController.serviceAccount.name -}}
{{- end }}
{{- define "carrel.serviceAccount.tensorboardController" -}}
{{- default "tensorboard-controller-controller-manager" .root.Values.components.tensorboardController.serviceAccount.name -}}
{{- end }}
{{- define "carrel.serviceAccount.tensorboardsWebApp" -}}
{{- default "tensorboards-web-app-service-account" .root.Values.components.tensorboardsWebApp.serviceAccount.name -}}
{{- end }}
{{- define "carrel.serviceAccount.podDefaults" -}}
{{- default "poddefaults-webhook-service-account" .root.Values.components.podDefaults.serviceAccount.name -}}
{{- end }}
{{- define "carrel.serviceAccount.dashboard" -}}
{{- default "dashboard" .root.Values.components.dashboard.serviceAccount.name -}}
{{- end }}
{{- define "carrel.serviceAccount.profileController" -}}
{{- default "profiles-controller-service-account" .root.Values.components.profileController.serviceAccount.name -}}
{{- end }}

{{- define "carrel.serviceAccount.dex" -}}
{{- default "dex" .root.Values.components.dex.serviceAccount.name -}}
{{- end }}
{{- define "carrel.serviceAccount.oauth2Proxy" -}}
{{- default "oauth2-proxy" .root.Values.components.oauth2Proxy.serviceAccount.name -}}
{{- end }}

{{/* The Gateway object that routes bind to, as namespace/name. Takes: root. */}}
{{- define "carrel.gateway" -}}
{{- default (printf "%s/kubeflow-gateway" (include "carrel.namespace" .)) .root.Values.gateway.existing -}}
{{- end }}

{{/* Host that routes match. Takes: root. */}}
{{- define "carrel.host" -}}
{{- default "*" .root.Values.gateway.host -}}
{{- end }}

{{/* DNS name of a Service of the platform. Takes: root, program, service. */}}
{{- define "carrel.serviceHost" -}}
{{- printf "%s.%s.svc.%s" .service (include "carrel.programNamespace" .) .root.Values.kubernetes.clusterDomain -}}
{{- end }}

{{/* "true" when browsers reach the gateway by HTTPS, so that cookies can be Secure. Takes: root. */}}
{{- define "carrel.secureCookies" -}}
{{- ne .root.Values.gateway.tls.mode "none" -}}
{{- end }}
