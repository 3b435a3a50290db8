"""Labels and annotations, written as Kubernetes takes them."""

import re
from collections.abc import Iterable, Iterator

from carrel.diagnostics import Diagnostic, Path
from carrel.k8s.fields import Fields, descend, mapping, text
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.k8s.workloads import pod_template

_LONGEST, _LONGEST_PREFIX = 63, 253
_NAME = re.compile("[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?")
_PART = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_PREFIX = re.compile(rf"{_PART}(?:\.{_PART})*")
_CHARACTERS = "letters, digits, '-', '_' and '.', with a letter or digit at both ends"


def check(objects: Iterable[RenderedObject], places: Places) -> Iterator[Diagnostic]:
    """What is wrong with labels and the names of annotations, of objects and of their pods.

    E416: the API server refuses one. Source: pkg/util/validation of k8s.io/apimachinery 0.37.
    """
    # Tenants' objects have the same ones again and again.
    right: set[tuple[str, str]] = set()
    for rendered in objects:
        for where, found in _written(rendered):
            annotations = where[-1] == "annotations"
            for name, value in found.items():
                # The server compares names of annotations without regard to case.
                pair = (name.lower(), "") if annotations else (name, text(value))
                if pair in right:
                    continue
                fault = _fault(*pair)
                if fault:
                    yield places.report("E416", rendered, (*where, name), fault)
                else:
                    right.add(pair)


def _written(rendered: RenderedObject) -> Iterator[tuple[Path, Fields]]:
    """Where labels and annotations are, and the map that holds them."""
    metadata = mapping(rendered.body.get("metadata"))
    for field in ("labels", "annotations"):
        yield ("metadata", field), mapping(metadata.get(field))
    template = pod_template(rendered)
    if template is not None:
        here = template.where
        metadata = descend(rendered.body, *map(str, here), "metadata") if here else {}
        for field in ("labels", "annotations"):
            yield (*here, "metadata", field), mapping(metadata.get(field))
        yield (*here, "spec", "nodeSelector"), mapping(template.spec.get("nodeSelector"))
    yield (
        ("spec", "selector", "matchLabels"),
        descend(rendered.body, "spec", "selector", "matchLabels"),
    )


def _fault(key: str, value: str) -> str:
    """What is wrong with a label, nothing for one that Kubernetes takes."""
    prefix, slash, name = key.rpartition("/")
    if slash and not (_PREFIX.fullmatch(prefix) and len(prefix) <= _LONGEST_PREFIX):
        return f"what is before the '/' is a host name of at most {_LONGEST_PREFIX} characters"
    if len(name) > _LONGEST:
        return f"its name has {len(name)} characters, and at most {_LONGEST} are allowed"
    if not _NAME.fullmatch(name):
        return f"its name is made of {_CHARACTERS}"
    if len(value) > _LONGEST:
        return f"the value has {len(value)} characters, and at most {_LONGEST} are allowed"
    if value and not _NAME.fullmatch(value):
        return f"a label's value is made of {_CHARACTERS}; this is {value!r}"
    return ""
