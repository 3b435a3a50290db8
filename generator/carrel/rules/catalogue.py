"""The catalogue of notebook images, and what the form starts with."""

from collections.abc import Iterator

from carrel.diagnostics import Diagnostic
from carrel.rules.values import Values, gibibytes


def check(values: Values) -> Iterator[Diagnostic]:
    """The form needs a JupyterLab image, and its defaults must exist and fit."""
    if not any(values.offered_images("jupyter")):
        yield values.error(
            "E230",
            ("notebooks", "images"),
            "no image of type jupyter is offered, and the form opens on that tab; offer one",
        )
    yield from _default_images(values)
    yield from _default_size(values)


def _default_images(values: Values) -> Iterator[Diagnostic]:
    notebooks = values["notebooks"]
    for application, name in sorted(notebooks["defaults"]["images"].items()):
        path = ("notebooks", "defaults", "images", application)
        if name and name not in notebooks["images"]:
            yield values.error("E231", path, f"there is no image {name} in notebooks.images")
        elif name and name not in values.offered_images(application):
            yield values.error(
                "E232", path, f"image {name} is not an offered image of type {application}"
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
        )
