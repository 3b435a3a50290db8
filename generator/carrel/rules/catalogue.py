"""The catalogue of notebook images, and what the form starts with."""

from collections.abc import Iterator

from carrel.diagnostics import Diagnostic
from carrel.rules.values import Values, gibibytes

_SYSTEM_FOLDERS = frozenset(
    {"bin", "boot", "dev", "etc", "lib", "lib64", "opt", "proc", "run", "sbin", "sys", "usr", "var"}
)
"""Of an image's file system; conda, VS Code and R are below /opt and /usr."""


def check(values: Values) -> Iterator[Diagnostic]:
    """The form needs a JupyterLab image, and its defaults must exist and fit."""
    if not any(values.offered_images("jupyter")):
        yield values.error(
            "E230",
            ("notebooks", "images"),
            "no image of type jupyter is offered, and the form opens on that tab; offer one",
        )
    yield from _home(values)
    yield from _default_images(values)
    yield from _default_size(values)


def _home(values: Values) -> Iterator[Diagnostic]:
    path = values["notebooks"]["home"]["mountPath"]
    if path.split("/")[1] in _SYSTEM_FOLDERS:
        yield values.error(
            "E237",
            ("notebooks", "home", "mountPath"),
            f"{path} is, or is in, a folder that every image needs, and the home would hide it; "
            "mount it elsewhere, such as at /home/jovyan",
        )


def _default_images(values: Values) -> Iterator[Diagnostic]:
    notebooks = values["notebooks"]
    for application, name in sorted(notebooks["defaults"]["images"].items()):
        path = ("notebooks", "defaults", "images", application)
        if name and name not in notebooks["images"]:
            yield values.error("E231", path, f"there is no image {name} in notebooks.images")
        elif name and name not in values.offered_images(application):
            own = ("notebooks", "images", name)
            yield values.error(
                "E232",
                path,
                f"image {name} is not an offered image of type {application}",
                [(*own, "state"), (*own, "type")],
            )


def _default_size(values: Values) -> Iterator[Diagnostic]:
    notebooks = values["notebooks"]
    size = notebooks["defaults"]["size"]
    if size not in notebooks["sizes"]:
        yield values.error(
            "E233",
            ("notebooks", "defaults", "size"),
            f"there is no size {size} in notebooks.sizes",
        )
        return
    memory = notebooks["sizes"][size]["memory"]
    shm = notebooks["shm"]
    if shm["enabled"] and gibibytes(shm["size"]) > gibibytes(memory):
        yield values.error(
            "E234",
            ("notebooks", "shm", "size"),
            f"{shm['size']} is more than the {memory} of memory that the default size {size} has, "
            "and shared memory counts against it",
            [("notebooks", "sizes", size, "memory"), ("notebooks", "defaults", "size")],
        )
