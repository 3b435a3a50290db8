"""kubeconform's verdicts, said about the objects and where they were written."""

import re
from collections.abc import Iterator, Sequence

from carrel.diagnostics import Diagnostic, Path, Severity
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.tools.kubeconform import Status, Verdict

_NO_SCHEMA = "could not find schema"
_UNKNOWN_FIELDS = re.compile(r"additional properties (.*) not allowed")
_QUOTED = re.compile(r"'(.*?)'")


def findings(
    objects: Sequence[RenderedObject], verdicts: Sequence[Verdict], places: Places
) -> Iterator[Diagnostic]:
    """What is wrong with the objects by the schemas of their kinds.

    Args:
        objects: the objects that kubeconform was given.
        verdicts: one for each, in the same order.
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
            yield _without_schema(rendered, places)
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


def _without_schema(rendered: RenderedObject, places: Places) -> Diagnostic:
    kind = f"{rendered.api_version} {rendered.kind}"
    if not rendered.is_extra:
        return places.report("E402", rendered, (), f"no schema is known for {kind}")
    return places.report(
        "W402",
        rendered,
        (),
        f"no schema is known for {kind}, so that its fields are not checked",
        severity=Severity.WARNING,
    )


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
