{{/*
The volumes that programs have without a site's doing: component, volume, where it is mounted. As YAML.
*/}}
{{- define "carrel.ownVolumes" -}}
dex:
  config: /etc/dex/cfg
jupyterWebApp:
  config-volume: /etc/config
  logos-volume: /src/apps/default/static/assets/logos
  notebook-template: /src/apps/common/yaml/notebook_template.yaml
oauth2Proxy:
  oauth2-proxy-config: /etc/oauth2_proxy
podDefaults:
  webhook-cert: /etc/webhook/certs
profileController:
  namespace-labels: /etc/profile-controller
pvcviewerController:
  cert: /tmp/k8s-webhook-server/serving-certs
  default-pod: /etc/pvcviewer
volumesWebApp:
  viewer-spec: /etc/config
{{- end }}
