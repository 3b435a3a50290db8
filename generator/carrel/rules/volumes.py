"""Volumes that a site adds to the programs."""

from collections.abc import Iterator, Mapping

from carrel.diagnostics import Diagnostic, Path
from carrel.rules.values import Values

_WRITABLE = {"tmp": "/tmp"}  # noqa: S108
"""The one folder that a program can write to, for those that do."""

OWN: Mapping[str, Mapping[str, str]] = {
    "dashboard": _WRITABLE,
    "dex": {"config": "/etc/dex/cfg"},
    "jupyterWebApp": {
        "config-volume": "/etc/config",
        "logos-volume": "/src/apps/default/static/assets/logos",
        "notebook-template": "/src/apps/common/yaml/notebook_template.yaml",
        **_WRITABLE,
    },
    "oauth2Proxy": {"oauth2-proxy-config": "/etc/oauth2_proxy"},
    "podDefaults": {"webhook-cert": "/etc/webhook/certs"},
    "profileController": {"namespace-labels": "/etc/profile-controller"},
    "pvcviewerController": {
        # The program's place, on a read-only root; nothing is written by a name one could guess.
        "cert": "/tmp/k8s-webhook-server/serving-certs",  # noqa: S108
        "default-pod": "/etc/pvcviewer",
    },
    "tensorboardsWebApp": _WRITABLE,
    "volumesWebApp": {"viewer-spec": "/etc/config", **_WRITABLE},
}
"""Component → the volumes that its program has without a site's doing → where they are mounted.
The chart's `carrel.ownVolumes` says the same."""


def check(values: Values) -> Iterator[Diagnostic]:
    """Every mount is of a volume that is there, and nothing is there twice."""
    for component, settings in sorted(values["components"].items()):
        if "extraVolumes" in settings:
            yield from _volumes(values, component)


def _volumes(values: Values, component: str) -> Iterator[Diagnostic]:
    own = OWN.get(component, {})
    settings = values["components"][component]
    here: Path = ("components", component)
    for name in settings["extraVolumes"]:
        if name in own:
            yield values.error(
                "E272",
                (*here, "extraVolumes", name),
                "the program has a volume of this name itself; choose another name",
            )
    for path, mount in settings["extraVolumeMounts"].items():
        at: Path = (*here, "extraVolumeMounts", path)
        if path.removesuffix("/") in own.values():
            yield values.error(
                "E272", at, "the program has a mount there itself; choose another path"
            )
        if mount["name"] not in settings["extraVolumes"] and mount["name"] not in own:
            yield values.error(
                "E271",
                (*at, "name"),
                f"there is no volume {mount['name']} in components.{component}.extraVolumes",
            )
