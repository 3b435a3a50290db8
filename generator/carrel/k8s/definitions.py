"""Custom resources never share a release with what defines them."""

import re
from collections.abc import Iterable, Iterator

from carrel.diagnostics import Diagnostic
from carrel.k8s.kinds import Kind
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places

_KIND = re.compile(r"^  names:(?: \{|\n(?: {4}.*\n)*? {4})kind: ([A-Za-z0-9]+)", re.MULTILINE)
"""The kind that a CustomResourceDefinition defines; its names stand on one line or on several."""


def check(objects: Iterable[RenderedObject], places: Places) -> Iterator[Diagnostic]:
    """What is wrong with custom resources.

    E414: its own release defines an object's kind. Helm looks every kind up before it applies the
    first object, so that a first installation fails and nothing is installed.
    """
    objects = tuple(objects)
    defined: dict[tuple[str, Kind], str] = {
        (rendered.release, kind): rendered.name
        for rendered in objects
        if rendered.is_crd
        for kind in _kinds(rendered)
    }
    for rendered in objects:
        definition = defined.get((rendered.release, (rendered.group, rendered.kind)))
        if definition is not None:
            yield places.report(
                "E414",
                rendered,
                ("kind",),
                f"release {rendered.release} defines this kind itself ({definition}), and Helm "
                "looks kinds up before it applies anything",
                "create the object once the release is installed, outside of it",
            )


def _kinds(definition: RenderedObject) -> Iterator[Kind]:
    found = _KIND.search(definition.text)
    if found:
        yield definition.name.partition(".")[2], found[1]
