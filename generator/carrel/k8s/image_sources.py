"""Where images come from: out of the site's registry, by the digest that the site demands.

An image that a template names by itself is in no list of images and stays behind when a registry
is mirrored: behind an air gap its pod never starts.
"""

from collections.abc import Iterable, Iterator, Mapping

from carrel.diagnostics import Diagnostic, Path, Severity
from carrel.k8s.fields import mapping, text
from carrel.k8s.images import ImageReference, mentioned, written
from carrel.k8s.kinds import POD_TEMPLATES
from carrel.k8s.places import Places

_WITHOUT_BLOCKS = frozenset({"extraObjects", "groups", "tenants"})
"""Values below which no block describes an image: people's names, and whole objects."""


def check(images: Iterable[ImageReference], places: Places) -> Iterator[Diagnostic]:
    """What is wrong with the images that objects name.

    E441: a template of ours names an image that is in no image block of the values, so that it did
    not come through the helper. W441: an image that the site itself wrote, in `extraObjects` or in
    a text such as a variable's value, is not in `images.registry`. That is no error: the author
    named the registry, which the cluster may well reach, such as a second one of the same house.
    E442: with `images.requireDigest`, an image without a digest that is not a block's, for which
    E236 speaks. The demand is the site's own and nothing in a cluster makes up for it, so it holds
    for its own objects too. W442: the same in a text of its own objects that only looks like one.

    Args:
        images: every image that the objects name.
        places: where the objects were written.
    """
    values = places.resolved.values
    settings = mapping(values.get("images"))
    registry = text(settings.get("registry"))
    demanded = settings.get("requireDigest") is True
    through_helper = set(_blocks(values, settings))
    others = [each for each in images if each.reference not in through_helper]
    in_values = _in_values(values) if others else {}
    for image in others:
        by_site = image.source.is_extra or image.reference in in_values
        foreign = bool(registry) and not image.reference.startswith(f"{registry}/")
        report = _Report(image, in_values.get(image.reference), places)
        if not by_site:
            message = f"no image block of the values says {image.reference}"
            yield report.error("E441", message, "it would not be mirrored or relocated")
        elif foreign:
            message = f"{image.reference} is not in images.registry, {registry}"
            yield report.warning("W441", message)
        if demanded and "@sha256:" not in image.reference:
            message = f"images.requireDigest is on and {image.reference} has no digest"
            if image.source.is_extra and not _is_pulled(image):
                yield report.warning("W442", message)
            else:
                yield report.error("E442", message)


class _Report:
    """Findings on one image, at the value that names it or at the object."""

    def __init__(self, image: ImageReference, value: Path | None, places: Places) -> None:
        self._image = image
        self._value = None if image.source.is_extra else value
        self._places = places

    def error(self, code: str, message: str, hint: str = "") -> Diagnostic:
        return self._finding(code, message, hint, Severity.ERROR)

    def warning(self, code: str, message: str) -> Diagnostic:
        return self._finding(code, message, "", Severity.WARNING)

    def _finding(self, code: str, message: str, hint: str, severity: Severity) -> Diagnostic:
        if self._value is not None:
            return self._places.report_value(code, self._value, message, hint, severity)
        image = self._image
        return self._places.report(code, image.source, image.where, message, hint, severity)


def _is_pulled(image: ImageReference) -> bool:
    """Whether the image is one of a pod's, and not a text that looks like an image."""
    holds_pods = (image.source.group, image.source.kind) in POD_TEMPLATES
    return holds_pods and image.where[-1] in ("image", "reference")


def _blocks(value: object, settings: object) -> Iterator[str]:
    """The references that the helper makes of the values' image blocks."""
    for name, entry in mapping(value).items():
        if name not in _WITHOUT_BLOCKS:
            yield from _nested_blocks(entry, settings)


def _nested_blocks(value: object, settings: object) -> Iterator[str]:
    if isinstance(value, dict):
        if text(value.get("registry")) and text(value.get("repository")):
            yield written(value, settings)
        for entry in value.values():
            yield from _nested_blocks(entry, settings)
    elif isinstance(value, list):
        for item in value:
            yield from _nested_blocks(item, settings)


def _in_values(values: Mapping[str, object]) -> dict[str, Path]:
    """The images that texts of the values name, and where."""
    searched = {name: entry for name, entry in values.items() if name != "extraObjects"}
    return {reference: where for where, reference in mentioned(searched)}
