"""Labels and annotations, written as Kubernetes takes them."""

import re
from collections.abc import Iterable, Iterator

from carrel.diagnostics import Diagnostic, Path
from carrel.k8s.fields import Fields, descend, labels, mapping
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
    named: set[str] = set()
    for rendered in objects:
        for where, found in _written(rendered):
            if where[-1] == "annotations":
                if found.keys() <= named:
                    continue
                # The server compares these without regard to case, and their values are free.
                faults = [(name, _fault(name.lower(), "")) for name in found]
                named |= {name for name, fault in faults if not fault}
            elif _are_among(found, right):
                continue
            else:
                written = [*labels(found).items()]
                faults = [(name, _fault(name, value)) for name, value in written]
                right |= {
                    pair for pair, (_, fault) in zip(written, faults, strict=True) if not fault
                }
            for name, fault in faults:
                if fault:
                    yield places.report("E416", rendered, (*where, name), fault)


def _are_among(found: Fields, right: set[tuple[str, str]]) -> bool:
    try:
        return found.items() <= right
    except TypeError:
        # A list or a map, which is for the schema to refuse.
        return False


def _written(rendered: RenderedObject) -> Iterator[tuple[Path, Fields]]:
    """Where labels and annotations are, and the map that holds them."""
    yield from _of_metadata(("metadata",), rendered.body)
    template = pod_template(rendered)
    if template is not None:
        here = template.where
        if here:
            yield from _of_metadata((*here, "metadata"), descend(rendered.body, *map(str, here)))
        yield (*here, "spec", "nodeSelector"), mapping(template.spec.get("nodeSelector"))
    selector = mapping(rendered.body.get("spec")).get("selector")
    if selector:
        where: Path = ("spec", "selector", "matchLabels")
        yield where, mapping(mapping(selector).get("matchLabels"))


def _of_metadata(here: Path, holder: Fields) -> Iterator[tuple[Path, Fields]]:
    metadata = mapping(holder.get("metadata"))
    for field in ("labels", "annotations"):
        found = metadata.get(field)
        if found:
            yield (*here, field), mapping(found)


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
