{{/*
The volumes that programs have without a site's doing: component, volume, where it is mounted. As YAML.
*/}}
{{- define "carrel.ownVolumes" -}}
jupyterWebApp:
  config-volume: /etc/config
  logos-volume: /src/apps/default/static/assets/logos
  notebook-template: /src/apps/common/yaml/notebook_template.yaml
profileController:
  namespace-labels: /etc/profile-controller
volumesWebApp:
  viewer-spec: /etc/config
{{- end }}
