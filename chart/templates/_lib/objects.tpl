{{/*
Objects that every program has one of. Each helper takes: root, component (the component's values),
program (as in carrel.selector), name (of the object).
*/}}

{{- define "carrel.object.serviceAccount" -}}
{{- $component := .component -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .name | quote }}
  namespace: {{ include "carrel.programNamespace" . | quote }}
  labels:
    {{- include "carrel.labels" . | nindent 4 }}
  {{- with $component.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "carrel.object.podDisruptionBudget" -}}
{{- $component := .component -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name | quote }}
  namespace: {{ include "carrel.programNamespace" . | quote }}
  labels:
    {{- include "carrel.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ $component.pdb.maxUnavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "carrel.selector" . | nindent 6 }}
{{- end }}

{{/* Further: ports (list of Service ports). */}}
{{- define "carrel.object.service" -}}
{{- $component := .component -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .name | quote }}
  namespace: {{ include "carrel.programNamespace" . | quote }}
  labels:
    {{- include "carrel.labels" . | nindent 4 }}
  {{- with $component.service.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: ClusterIP
  selector:
    {{- include "carrel.selector" . | nindent 4 }}
  ports:
    {{- toYaml .ports | nindent 4 }}
{{- end }}

{{/*
Connections from the platform's own pods and, for what browsers reach, from the gateway.
Further: gateway (true when browsers reach it), ports (list of NetworkPolicy ports), and optionally
others (list of further pods, each with namespace and labels), metrics (the port that the site's
Prometheus asks) and webhook (ports that the API server asks; it has no labels to be chosen by).
*/}}
{{- define "carrel.object.networkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .name | quote }}
  namespace: {{ include "carrel.programNamespace" . | quote }}
  labels:
    {{- include "carrel.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "carrel.selector" . | nindent 6 }}
  policyTypes: [Ingress]
  ingress:
    {{- with .ports }}
    - from:
        - podSelector: {}
        {{- if $.gateway }}
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: {{ include "carrel.gatewayNamespace" $ | quote }}
        {{- end }}
        {{- range $.others }}
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: {{ .namespace | quote }}
          podSelector:
            matchLabels:
              {{- toYaml .pods | nindent 14 }}
        {{- end }}
      ports:
        {{- toYaml . | nindent 8 }}
    {{- end }}
    {{- if and .metrics .root.Values.monitoring.namespace }}
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: {{ .root.Values.monitoring.namespace | quote }}
      ports:
        - port: {{ .metrics }}
          protocol: TCP
    {{- end }}
    {{- with .webhook }}
    - ports:
        {{- toYaml . | nindent 8 }}
    {{- end }}
{{- end }}

{{/* Requests of one principal only. Further: principal (empty: nobody's requests). */}}
{{- define "carrel.object.authorizationPolicy" -}}
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: {{ .name | quote }}
  namespace: {{ include "carrel.programNamespace" . | quote }}
  labels:
    {{- include "carrel.labels" . | nindent 4 }}
spec:
  action: ALLOW
  selector:
    matchLabels:
      {{- include "carrel.selector" . | nindent 6 }}
  {{- with .principal }}
  rules:
    - from:
        - source:
            principals: [{{ . | quote }}]
  {{- end }}
{{- end }}

{{/*
Route of a web app behind the gateway.
Further: prefix (of the path, as browsers ask for it), service (host name), port, and optionally
headers (that the request gets) and keepsPath (true when the program knows the prefix).
*/}}
{{- define "carrel.object.virtualService" -}}
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: {{ .name | quote }}
  namespace: {{ include "carrel.programNamespace" . | quote }}
  labels:
    {{- include "carrel.labels" . | nindent 4 }}
spec:
  gateways: [{{ include "carrel.gateway" . | quote }}]
  hosts: [{{ include "carrel.host" . | quote }}]
  http:
    - match:
        - uri:
            prefix: {{ .prefix }}
      {{- if not .keepsPath }}
      rewrite:
        uri: /
      {{- end }}
      {{- with .headers }}
      headers:
        request:
          set:
            {{- toYaml . | nindent 12 }}
      {{- end }}
      route:
        - destination:
            host: {{ .service }}
            port:
              number: {{ .port }}
{{- end }}

{{/*
Mutual TLS to a Service of the platform.
Further: service (host name).
*/}}
{{- define "carrel.object.destinationRule" -}}
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: {{ .name | quote }}
  namespace: {{ include "carrel.programNamespace" . | quote }}
  labels:
    {{- include "carrel.labels" . | nindent 4 }}
spec:
  host: {{ .service }}
  trafficPolicy:
    tls:
      mode: ISTIO_MUTUAL
{{- end }}

{{/*
What a controller needs to elect a leader among its pods.
Takes: root, program, name (of the objects, without their endings), serviceAccount (of the pods).
*/}}
{{- define "carrel.object.leaderElection" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ .name }}-role
  namespace: {{ include "carrel.programNamespace" . | quote }}
  labels:
    {{- include "carrel.labels" . | nindent 4 }}
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [create, delete, get, list, patch, update, watch]
  - apiGroups: [coordination.k8s.io]
    resources: [leases]
    verbs: [create, delete, get, list, patch, update, watch]
  - apiGroups: [""]
    resources: [events]
    verbs: [create, patch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .name }}-rolebinding
  namespace: {{ include "carrel.programNamespace" . | quote }}
  labels:
    {{- include "carrel.labels" . | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ .name }}-role
subjects:
  - kind: ServiceAccount
    name: {{ .serviceAccount | quote }}
    namespace: {{ include "carrel.programNamespace" . | quote }}
{{- end }}
