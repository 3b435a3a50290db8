"""kubeconform's verdicts, said about the objects and where they were written."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from carrel.diagnostics import Diagnostic, Path, Severity
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.tools.kubeconform import Status, Verdict

_NO_SCHEMA = "could not find schema"
_UNKNOWN_FIELDS = re.compile(r"additional properties (.*) not allowed")
_QUOTED = re.compile(r"'(.*?)'")

_SHARED_GROUPS = frozenset({"kubeflow.org"})
"""Groups in which programs that are not part of the platform define kinds too."""


def findings(
    objects: Sequence[RenderedObject],
    verdicts: Sequence[Verdict],
    served_kinds: Callable[[], Collection[str]],
    places: Places,
) -> Iterator[Diagnostic]:
    """What is wrong with the objects by the schemas of their kinds.

    Args:
        objects: the objects that kubeconform was given.
        verdicts: one for each, in the same order.
        served_kinds: gives `carrel.k8s.schema_library.served_kinds`, when there is a kind to ask
            for.
        places: where they were written.

    Raises:
        ValueError: there is not one verdict for each object, which is a bug.
    """
    for rendered, verdict in zip(objects, verdicts, strict=True):
        if (verdict.kind, verdict.name) != (rendered.kind, rendered.name):
            raise ValueError(f"the verdict on {verdict.name} was taken for that on {rendered.name}")
        if verdict.status is Status.VALID:
            continue
        if verdict.violations:
            for violation in verdict.violations:
                where = _steps(violation.path, rendered)
                for below, message in _faults(violation.message):
                    yield places.report("E401", rendered, (*where, *below), message)
        elif _NO_SCHEMA in verdict.message or verdict.status is Status.SKIPPED:
            yield _without_schema(rendered, served_kinds, places)
        else:
            yield places.report("E401", rendered, (), verdict.message)


def _faults(message: str) -> Iterator[tuple[Path, str]]:
    """What a violation says, one unknown field at a time and each at its own place."""
    unknown = _UNKNOWN_FIELDS.fullmatch(message)
    if unknown is None:
        yield (), message
    else:
        for name in _QUOTED.findall(unknown[1]):
            yield (name,), "there is no such field"


def _without_schema(
    rendered: RenderedObject, served_kinds: Callable[[], Collection[str]], places: Places
) -> Diagnostic:
    kind = f"{rendered.api_version} {rendered.kind}"
    if not rendered.is_extra:
        return places.report("E402", rendered, (), f"no schema is known for {kind}")
    right = _right_kinds(rendered, served_kinds())
    if right:
        return places.report("E403", rendered, ("apiVersion",), f"there is no {kind}", right)
    return places.report(
        "W402",
        rendered,
        (),
        f"no schema is known for {kind}, so that its fields are not checked",
        severity=Severity.WARNING,
    )


def _right_kinds(rendered: RenderedObject, served: Collection[str]) -> str:
    """What to write instead of a kind that does not exist; nothing when it exists or may exist."""
    if f"{rendered.api_version}/{rendered.kind}" in served:
        return ""
    known = [each.rpartition("/")[::2] for each in sorted(served)]
    here = [each for each in known if _group(each[0]) == rendered.group]
    versions = [version for version, kind in here if kind == rendered.kind]
    if versions:
        return f"write apiVersion: {' or '.join(versions)}"
    if not here or rendered.group in _SHARED_GROUPS:
        return ""
    elsewhere = [version for version, kind in known if kind == rendered.kind]
    if elsewhere:
        return f"{' and '.join(elsewhere)} has this kind"
    return f"the group has {', '.join(sorted({kind for _, kind in here}))}"


def _group(api_version: str) -> str:
    return api_version.rpartition("/")[0]


def _steps(pointer: str, rendered: RenderedObject) -> Path:
    """A JSON pointer as a path; digits are positions where the object has a list there."""
    steps: list[str | int] = []
    value: object = rendered.body
    for part in pointer.split("/")[1:]:
        step: str | int = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            step = int(part)
            value = value[step]
        else:
            value = value.get(step) if isinstance(value, dict) else None
        steps.append(step)
    return tuple(steps)
