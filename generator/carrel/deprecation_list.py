"""Reading generator/catalogue/deprecations.yaml, and what must hold for it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from carrel import __version__, path_notation
from carrel.deprecations import ANY, Deprecation, Pattern, shown
from carrel.diagnostics import Diagnostic, Severity, Span
from carrel.errors import UsageError
from carrel.schema.bundle import Schema
from carrel.schema.source import MalformedSchema, Node
from carrel.yamlio.reader import Document, read_file

FILE = "generator/catalogue/deprecations.yaml"

_VERSION = re.compile(r"([0-9]+)\.([0-9]+)\.([0-9]+)", re.ASCII)
_KEYS = frozenset({"path", "since", "removedIn", "replacement", "message", "values"})


def load(root: FilePath, version: str = __version__) -> tuple[Deprecation, ...]:
    """The list of a project, nothing where it has none.

    Args:
        root: the project.
        version: of its chart; what was announced for it or before is gone.

    Raises:
        MalformedSchema: the list cannot be read.
    """
    file = root / FILE
    if not file.exists():
        return ()
    document, found = read_file(file, FILE)
    if document is None or any(each.severity is Severity.ERROR for each in found):
        raise MalformedSchema(*found)
    entries = document.values.get("deprecations")
    if not isinstance(entries, list):
        raise _malformed("deprecations, a list, is missing", Span(FILE, 1, 1))
    read = [_entry(each, index, document, version) for index, each in enumerate(entries)]
    return tuple(_followed(each, read[index + 1 :]) for index, each in enumerate(read))


def faults(deprecations: Iterable[Deprecation], schema: Schema) -> Iterator[Diagnostic]:
    """Entries that contradict the schema or themselves, each where the list has it.

    Args:
        deprecations: as loaded.
        schema: what values may be today.
    """
    for each in deprecations:
        for message in _contradictions(each, schema):
            yield Diagnostic("E151", Severity.ERROR, message, each.span, shown(each.path))


def _contradictions(each: Deprecation, schema: Schema) -> Iterator[str]:
    stays = each.rewords or not each.removed
    present = _leads(schema, each.path)
    if stays and not present:
        yield "the schema has no such value"
    if present and not stays:
        yield f"{each.removed_in or each.since} removes it, and the schema still has it"
    target = each.target
    if target is None or each.rewords:
        if each.rewords and not each.values:
            yield "its replacement is itself, and no value is written otherwise"
        return
    if each.replacement is not None and not _leads(schema, each.replacement):
        yield f"the schema has no value {shown(each.replacement)}"
    if each.path.count(ANY) != target.count(ANY):
        yield "path and replacement need as many * as each other"
    length = min(len(each.path), len(target))
    if each.path[:length] == target[:length]:
        yield "one of path and replacement lies inside of the other"


def _leads(schema: Schema, pattern: Pattern) -> bool:
    """Whether the schema describes a value there."""
    node: Node | None = schema.root
    for step in pattern:
        if node is None:
            return False
        node = schema.effective(node)
        index: str | int = 0 if step == ANY and "items" in node else step
        node = schema.below(node, index)
    return node is not None


def unmentioned(deprecations: Iterable[Deprecation], changelog: str) -> Iterator[Diagnostic]:
    """Entries that CHANGELOG.md does not tell of under each version that they concern.

    Args:
        deprecations: as loaded.
        changelog: the text, with a heading of level 2 for each version.
    """
    sections: dict[str, str] = {}
    for section in re.split(r"(?m)^## ", changelog)[1:]:
        heading = section.partition("\n")[0].split()
        sections["".join(heading[:1]).strip("[]")] = section
    for each in deprecations:
        path = shown(each.path)
        gone = [each.removed_in] if each.removed_in is not None and each.removed else []
        for version in (each.since, *gone):
            if f"`{path}`" not in sections.get(version, ""):
                message = f"CHANGELOG.md does not mention `{path}` under {version}"
                yield Diagnostic("E151", Severity.ERROR, message, each.span, path)


def _entry(value: object, index: int, document: Document, version: str) -> Deprecation:
    span = document.spans[("deprecations", index)]
    if not isinstance(value, dict):
        raise _malformed("an entry must be a map", span)
    entry: dict[str, Any] = value
    if unknown := sorted(entry.keys() - _KEYS):
        raise _malformed(f"an entry has no key {unknown[0]}: {', '.join(sorted(_KEYS))}", span)
    path = _path(entry, "path", span)
    target = _path(entry, "replacement", span) if "replacement" in entry else None
    since, removed_in = _since(entry, "since", span), None
    if "removedIn" in entry:
        removed_in = _since(entry, "removedIn", span)
        if target is not None or "values" in entry:
            raise _malformed("what is announced has neither replacement nor values", span)
        if _number(removed_in) <= _number(since):
            raise _malformed("removedIn must be a later version than since", span)
    message = entry.get("message")
    if not isinstance(message, str) or not message or message.endswith("."):
        raise _malformed("message, a clause without a full stop, is missing", span)
    return Deprecation(
        path=path,
        since=since,
        message=message,
        target=target,
        replacement=target,
        values=_values(entry, span),
        removed_in=removed_in,
        removed=removed_in is None or _number(version) >= _number(removed_in),
        span=span,
    )


def _path(entry: dict[str, Any], key: str, span: Span) -> Pattern:
    try:
        path = path_notation.parse(str(entry.get(key, "")))
    except UsageError:
        path = ()
    steps = tuple(step for step in path if isinstance(step, str))
    if not steps or len(steps) < len(path) or ANY in (steps[0], steps[-1]):
        raise _malformed(f"{key} must be a path, with * for what is between its ends", span)
    return steps


def _since(entry: dict[str, Any], key: str, span: Span) -> str:
    version = str(entry.get(key, ""))
    if not _VERSION.fullmatch(version):
        raise _malformed(f"{key}, a version such as 0.2.0, is missing", span)
    return version


def _values(entry: dict[str, Any], span: Span) -> tuple[tuple[object, object], ...]:
    pairs = entry.get("values", [])
    if not isinstance(pairs, list):
        raise _malformed("values must be a list of {from: …, to: …}", span)
    for pair in pairs:
        scalars = isinstance(pair, dict) and not any(
            isinstance(each, dict | list) for each in pair.values()
        )
        if not scalars or set(pair) != {"from", "to"}:
            raise _malformed("values must be a list of {from: …, to: …}", span)
    return tuple((pair["from"], pair["to"]) for pair in pairs)


def _followed(entry: Deprecation, later: Iterable[Deprecation]) -> Deprecation:
    """An entry whose replacement is where later entries have put it."""
    where = entry.target
    for each in later:
        length = len(each.path)
        if where is not None and each.removed and where[:length] == each.path:
            where = None if each.target is None else (*each.target, *where[length:])
    return replace(entry, replacement=where)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("-")[0].split("."))


def _malformed(message: str, span: Span) -> MalformedSchema:
    return MalformedSchema(Diagnostic("E151", Severity.ERROR, message, span))
