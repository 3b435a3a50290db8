"""Objects no larger than the API server stores."""

from collections.abc import Iterable, Iterator

from carrel.diagnostics import Diagnostic, Path
from carrel.k8s.fields import descend, labels
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places

_ANNOTATIONS = 256 * 1024
_CONFIG_MAP = 1024 * 1024
_SMALL = _ANNOTATIONS // 4
"""Characters of an object's YAML that can hold no more bytes than either limit."""


def check(objects: Iterable[RenderedObject], places: Places) -> Iterator[Diagnostic]:
    """What is too large.

    E417: the annotations of an object, or the data of a ConfigMap. Source: k8s.io/apimachinery
    0.37 (pkg/api/validation/objectmeta.go) and `MaxSecretSize` of k8s.io/api.
    """
    for rendered in objects:
        if rendered.is_crd or len(rendered.text) <= _SMALL:
            continue
        annotations = labels(descend(rendered.body, "metadata", "annotations"))
        written = sum(_bytes(name) + _bytes(value) for name, value in annotations.items())
        if written > _ANNOTATIONS:
            yield _too_large(rendered, ("metadata", "annotations"), written, _ANNOTATIONS, places)
        if (rendered.group, rendered.kind) == ("", "ConfigMap"):
            held = sum(map(_bytes, labels(rendered.body.get("data")).values()))
            encoded = labels(rendered.body.get("binaryData")).values()
            held += sum(len(value.rstrip("=")) * 3 // 4 for value in encoded)
            if held > _CONFIG_MAP:
                yield _too_large(rendered, ("data",), held, _CONFIG_MAP, places)


def _too_large(
    rendered: RenderedObject, where: Path, size: int, limit: int, places: Places
) -> Diagnostic:
    message = f"{size:,} bytes are more than the {limit:,} that the API server stores"
    return places.report("E417", rendered, where, message)


def _bytes(text: str) -> int:
    return len(text.encode())
