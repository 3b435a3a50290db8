"""Stopping idle notebooks."""

from collections.abc import Iterator

from carrel.diagnostics import Diagnostic
from carrel.rules.values import Values, shown

SILENT_APPLICATIONS = ("vscode", "rstudio")
"""Application types that never answer what the controller asks, `/api/kernels`
(notebook-controller/controllers/culling_controller.go)."""


def check(values: Values) -> Iterator[Diagnostic]:
    """Culling stops a silent application on a timer, which a site must have accepted."""
    culling = values["notebooks"]["culling"]
    if not culling["enabled"]:
        return
    for application in SILENT_APPLICATIONS:
        # Notebooks may still run a hidden image.
        images = ", ".join(values.images_of_type(application, "offered", "hidden"))
        if images and application not in culling["stopsRegardlessOfUse"]:
            yield values.error(
                "E220",
                ("notebooks", "culling", "enabled"),
                f"{images} may run, and applications of type {application} report no activity: "
                f"each would be stopped {shown(culling['idleMinutes'])} minutes after its start "
                "however busy it is; accept that with notebooks.culling.stopsRegardlessOfUse: "
                f'[{application}], or set state: "off" there',
            )
