{{/*
Rules for tenants' objects, which the API server applies (ValidatingAdmissionPolicy, since Kubernetes
1.30). Defaults of the API are written out, so that no other field manager is credited with them.
*/}}

{{/*
A policy and its binding to the namespaces of tenants.
Takes: root, name, group, version, resource, variables (YAML list of name and expression) and
validations (YAML list of expression and message).
*/}}
{{- define "carrel.object.guardrail" -}}
{{- $labels := include "carrel.sharedLabels" (dict "root" .root "component" "guardrails") -}}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: {{ .name }}
  labels:
    {{- $labels | nindent 4 }}
spec:
  failurePolicy: Fail
  matchConstraints:
    matchPolicy: Equivalent
    namespaceSelector:
      {{- include "carrel.tenantsOnly" . | nindent 6 }}
    objectSelector: {}
    resourceRules:
      - apiGroups: [{{ .group }}]
        apiVersions: [{{ .version }}]
        operations: [CREATE, UPDATE]
        resources: [{{ .resource }}]
        scope: "*"
  {{- with .variables }}
  variables:
    {{- . | nindent 4 }}
  {{- end }}
  validations:
    {{- range .validations | fromYamlArray }}
    - expression: {{ .expression | quote }}
      message: {{ .message | quote }}
      reason: Forbidden
    {{- end }}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: {{ .name }}
  labels:
    {{- $labels | nindent 4 }}
spec:
  policyName: {{ .name }}
  validationActions: [{{ .root.Values.guardrails.action }}]
{{- end }}

{{/* What the expressions about Notebooks speak of, as a YAML list. */}}
{{- define "carrel.guardrails.notebookVariables" -}}
- name: unchanged
  expression: oldObject != null && oldObject.spec == object.spec
- name: containers
  expression: object.spec.template.spec.containers
{{- range $variable, $of := dict "images" "object" "oldImages" "oldObject" }}
- name: {{ $variable }}
  expression: >-
    {{ $of }} == null ? [] : {{ $of }}.spec.template.spec.containers.map(each, each.image)
    + (has({{ $of }}.spec.template.spec.initContainers)
    ? {{ $of }}.spec.template.spec.initContainers.map(each, each.image) : [])
{{- end }}
- name: labels
  expression: "has(object.metadata.labels) ? object.metadata.labels : {}"
- name: oldLabels
  expression: "oldObject != null && has(oldObject.metadata.labels) ? oldObject.metadata.labels : {}"
- name: annotations
  expression: "has(object.metadata.annotations) ? object.metadata.annotations : {}"
- name: oldAnnotations
  expression: "oldObject != null && has(oldObject.metadata.annotations) ? oldObject.metadata.annotations : {}"
- name: path
  expression: "'/notebook/' + object.metadata.namespace + '/' + object.metadata.name + '/'"
{{- end }}

{{/*
What a Notebook must and must not be, as a YAML list. Container 0, its requests and the lists of
volumes are what the web apps read without asking (crud-web-apps/jupyter/backend/apps/common/utils.py
and volumes/backend/apps/common/utils.py): one Notebook without them, and the page of the whole
namespace is an error. Labels and annotations reach the pod, and that of headers the route.
*/}}
{{- define "carrel.guardrails.notebook" -}}
{{- $istio := "^((sidecar|traffic[.]sidecar|inject|proxy|ambient)[.]istio[.]io/.*|istio[.]io/(rev|dataplane-mode))$" -}}
{{- $headers := "notebooks.kubeflow.org/http-headers-request-set" -}}
{{- $rewrite := "notebooks.kubeflow.org/http-rewrite-uri" -}}
- expression: oldObject != null || object.metadata.name.matches('^[a-z]([-a-z0-9]{0,50}[a-z0-9])?$')
  message: a notebook's name has at most 52 lower-case letters, digits and inner dashes, the first a letter
- expression: variables.unchanged || variables.containers[0].name == object.metadata.name
  message: the first container must have the notebook's name, or its state is never known
- expression: >-
    variables.unchanged || (has(variables.containers[0].resources)
    && has(variables.containers[0].resources.requests)
    && 'cpu' in variables.containers[0].resources.requests
    && 'memory' in variables.containers[0].resources.requests)
  message: the first container must request cpu and memory, or the namespace's notebooks cannot be listed
- expression: >-
    variables.unchanged || (has(variables.containers[0].volumeMounts)
    && has(object.spec.template.spec.volumes))
  message: "volumeMounts of the first container and volumes must be there, or the namespace's notebooks and volumes cannot be listed; write [] for none"
{{- range $marks := list "labels" "annotations" }}
{{- $old := printf "variables.old%s" (title $marks) }}
- expression: >-
    variables.{{ $marks }}.all(key, !key.matches('{{ $istio }}')
    || (key in {{ $old }} && {{ $old }}[key] == variables.{{ $marks }}[key]))
  message: {{ $marks }} of Istio's could take the notebook's pod out of the mesh; leave them out
{{- end }}
{{- range $rule := list
  (list $headers "['{\"X-RStudio-Root-Path\":\"' + variables.path + '\"}']" "may set X-RStudio-Root-Path to the notebook's own path and nothing else: another header could name another user")
  (list $rewrite "['/', variables.path]" "may lead to / or to the notebook's own path and nowhere else")
}}
{{- $name := first $rule }}
- expression: >-
    !('{{ $name }}' in variables.annotations)
    || variables.annotations['{{ $name }}'] in {{ index $rule 1 }}
    || ('{{ $name }}' in variables.oldAnnotations
    && variables.oldAnnotations['{{ $name }}'] == variables.annotations['{{ $name }}'])
  message: "{{ $name }} {{ last $rule }}"
{{- end }}
{{- if not .Values.notebooks.form.customImages }}
{{- $images := list }}
{{- range $entry := (include "carrel.imageBlocks" (dict "root" .) | fromJson).list }}
{{- if hasPrefix "notebooks.images." $entry.path }}
{{- $images = append $images (include "carrel.image" (dict "root" $ "image" $entry.image "path" $entry.path) | squote) }}
{{- end }}
{{- end }}
- expression: >-
    variables.images.all(each, each in [{{ join ", " $images }}])
    || variables.oldImages == variables.images
  message: every image must be one of the catalogue
{{- end }}
{{- end }}

{{/*
What a RoleBinding must be that says who works with whom: access-management reads all of them, and with
one that has no user or several it answers nobody any more (access-management/kfam/bindings.go).
*/}}
{{- define "carrel.guardrails.roleBinding" -}}
- expression: >-
    !has(object.metadata.annotations)
    || !('user' in object.metadata.annotations && 'role' in object.metadata.annotations)
    || (has(object.subjects) && size(object.subjects) == 1)
  message: a RoleBinding with the annotations user and role must have exactly one subject, or nobody's contributors can be listed
{{- end }}

{{/*
access-management gives whoever may view the same AuthorizationPolicy as whoever may edit, and with it
the notebooks themselves.
*/}}
{{- define "carrel.guardrails.authorizationPolicy" -}}
- expression: >-
    !has(object.metadata.annotations) || !('role' in object.metadata.annotations)
    || object.metadata.annotations['role'] != 'view'
  message: who may only view would be let into the notebooks, and act there as their owner; make them an editor, or bind them to kubeflow-view without a policy
{{- end }}
