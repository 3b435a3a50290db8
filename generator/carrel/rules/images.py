"""Images that can be written as a reference."""

from collections.abc import Iterator, Mapping
from typing import Any

from carrel.diagnostics import Diagnostic, Path, dotted
from carrel.rules.values import Values


def check(values: Values) -> Iterator[Diagnostic]:
    """An image has a tag or a digest, a digest where the site demands one, and its own name."""
    demanded = values["images"]["requireDigest"]
    for path, image in image_blocks(values):
        if not (image.get("tag") or image.get("digest")):
            yield values.error(
                "E235",
                path,
                f"the image has neither tag nor digest; write {dotted((*path, 'tag'))}",
            )
        elif demanded and not image.get("digest"):
            yield values.error(
                "E236",
                path,
                "images.requireDigest is on and the image has no digest; write "
                f"{dotted((*path, 'digest'))}",
                [("images", "requireDigest")],
            )
    yield from _merged(values)


def _merged(values: Values) -> Iterator[Diagnostic]:
    """Images of two publishers stay two where the site's registry drops the publishers' hosts."""
    own = values["images"]
    if not own["registry"] or own["layout"] != "path":
        return
    seen: dict[str, tuple[Path, Mapping[str, Any]]] = {}
    for path, image in image_blocks(values):
        if not image.get("tag"):
            continue
        reference = f"{own['registry']}/{image['repository']}:{image['tag']}"
        where, other = seen.setdefault(reference, (path, image))
        same_bytes = image.get("digest") and image.get("digest") == other.get("digest")
        if image["registry"] != other["registry"] and not same_bytes:
            yield values.error(
                "E238",
                path,
                f"with images.layout path it is {reference}, as is {dotted(where)} from "
                f"{other['registry']}; write images.layout: hostPrefixed, or another tag",
                [where, ("images", "layout")],
            )


def image_blocks(values: Values) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Image blocks that something is started from, with their paths."""
    components = values["components"]
    for name in sorted(components):
        if values.is_installed(name):
            yield ("components", name, "image"), components[name]["image"]
    if any(components[name]["enabled"] for name in ("volumesWebApp", "pvcviewerController")):
        viewer = components["volumesWebApp"]["config"]["viewer"]
        yield ("components", "volumesWebApp", "config", "viewer", "image"), viewer["image"]
    if components["tensorboardController"]["enabled"]:
        board = components["tensorboardController"]["config"]["image"]
        yield ("components", "tensorboardController", "config", "image"), board
    for name, entry in sorted(values["notebooks"]["images"].items()):
        if entry.get("state", "offered") != "off":
            yield ("notebooks", "images", name, "image"), entry["image"]
