{{/*
The volumes that programs have without a site's doing: component, volume, where it is mounted. As YAML.
*/}}
{{- define "carrel.ownVolumes" -}}
dashboard:
  tmp: /tmp
dex:
  config: /etc/dex/cfg
jupyterWebApp:
  config-volume: /etc/config
  logos-volume: /src/apps/default/static/assets/logos
  notebook-template: /src/apps/common/yaml/notebook_template.yaml
  tmp: /tmp
oauth2Proxy:
  oauth2-proxy-config: /etc/oauth2_proxy
podDefaults:
  webhook-cert: /etc/webhook/certs
profileController:
  namespace-labels: /etc/profile-controller
pvcviewerController:
  cert: /tmp/k8s-webhook-server/serving-certs
  default-pod: /etc/pvcviewer
tensorboardsWebApp:
  tmp: /tmp
volumesWebApp:
  tmp: /tmp
  viewer-spec: /etc/config
{{- end }}
