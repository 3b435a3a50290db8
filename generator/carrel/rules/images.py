"""Images that can be written as a reference."""

from collections.abc import Iterator, Mapping
from typing import Any

from carrel.diagnostics import Diagnostic, Path, dotted
from carrel.rules.values import Values


def check(values: Values) -> Iterator[Diagnostic]:
    """An image has a tag or a digest, and a digest where the site demands one."""
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


def image_blocks(values: Values) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Image blocks that something is started from, with their paths."""
    components = values["components"]
    for name in sorted(components):
        owner = "profileController" if name == "accessManagement" else name
        if components[owner]["enabled"]:
            yield ("components", name, "image"), components[name]["image"]
    if components["volumesWebApp"]["enabled"]:
        viewer = components["volumesWebApp"]["config"]["viewer"]
        yield ("components", "volumesWebApp", "config", "viewer", "image"), viewer["image"]
    for name, entry in sorted(values["notebooks"]["images"].items()):
        if entry.get("state", "offered") != "off":
            yield ("notebooks", "images", name, "image"), entry["image"]
