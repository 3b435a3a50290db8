"""Defaults that generator/catalogue/upstream.yaml holds, so that a new release changes it alone.

`x-upstream: dex` stands for upstream's image of that name: in a schema for the defaults of its
parts, in a default for the parts themselves.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path as FilePath
from typing import Any

from carrel import upstream
from carrel.schema.source import Area, Node, malformed
from carrel.upstream import Image, Upstream

MARK = "x-upstream"

_Read = Callable[[], Upstream]


def filled(areas: Iterable[Area], catalogue: FilePath) -> tuple[Area, ...]:
    """The areas with upstream's images in the place of their names.

    Args:
        areas: as read.
        catalogue: the folder generator/catalogue; read when an area names an image.

    Raises:
        MalformedSchema: upstream.yaml cannot be read, or has no image of a name.
    """
    read = cache(partial(upstream.load, catalogue))
    return tuple(
        replace(
            area,
            properties=_all(area.properties, read),
            definitions=_all(area.definitions, read),
        )
        for area in areas
    )


def _all(nodes: Mapping[str, Node], read: _Read) -> dict[str, Node]:
    return {name: _filled(node, node, read) for name, node in nodes.items()}


def _filled(value: Any, nearest: Node, read: _Read) -> Any:
    """A part of a schema; `nearest` is the innermost schema around it that says where it is."""
    if isinstance(value, list):
        return [_filled(each, nearest, read) for each in value]
    if not isinstance(value, dict):
        return value
    nearest = value if "x-source" in value else nearest
    below = {key: _filled(each, nearest, read) for key, each in value.items() if key != MARK}
    if MARK not in value:
        return below
    name = value[MARK]
    image = read().images.get(name)
    if image is None:
        raise malformed(f"{upstream.FILE} has no image {name}", nearest)
    if value is nearest:
        return {**below, "properties": _properties(name, image, read())}
    return {**image.block(), **below}


def _properties(name: str, image: Image, source: Upstream) -> dict[str, Node]:
    return {
        part: {"default": text, "x-source": str(source.keys["images", name, part])}
        for part, text in image.block().items()
    }
