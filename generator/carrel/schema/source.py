"""Reading generator/schema/*.yaml: one file per area of the values tree."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from carrel.diagnostics import Diagnostic, Path, Severity, Span
from carrel.schema.keywords import FILE_KEYS, SUBSCHEMA, SUBSCHEMA_BY_NAME, SUBSCHEMA_LIST
from carrel.yamlio.reader import Document, read_file

Node = dict[str, Any]
"""A schema as data, annotations included."""


class MalformedSchema(Exception):
    """generator/schema/ cannot be made into one schema.

    Attributes:
        diagnostics: what is wrong, each at its place in a source file.
    """

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("\n".join(each.text() for each in diagnostics))
        self.diagnostics = diagnostics


@dataclass(frozen=True, slots=True)
class Area:
    """One source file: a part of the values tree under a heading.

    Attributes:
        title: the heading.
        order: places the area among the others; no two share one.
        intro: a paragraph about the area as a whole.
        file: the source file as shown to people.
        properties: top-level value → schema as written, each node with its `x-source`.
        definitions: name → schema that other nodes refer to, from every file alike.
    """

    title: str
    order: int
    intro: str
    file: str
    properties: Mapping[str, Node]
    definitions: Mapping[str, Node]


def read_areas(folder: FilePath, shown_as: str = "generator/schema") -> tuple[Area, ...]:
    """The areas of the values tree, in their order.

    Raises:
        MalformedSchema: a file cannot be read, lacks a part, or repeats what another file has.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise MalformedSchema(_malformed("there is no *.yaml file here", Span(shown_as, 1, 1)))
    areas = [_read_area(file, f"{shown_as}/{file.name}") for file in files]
    _refuse_repetition(areas)
    return tuple(sorted(areas, key=lambda area: area.order))


def malformed(message: str, node: Mapping[str, Any]) -> MalformedSchema:
    """The exception for a mistake in `node`, placed where the node was written."""
    return MalformedSchema(_malformed(message, source_of(node)))


def source_of(node: Mapping[str, Any]) -> Span | None:
    """Where a node was written, if loading recorded it."""
    written = node.get("x-source")
    if not isinstance(written, str):
        return None
    file, line, column = written.rsplit(":", 2)
    return Span(file, int(line), int(column))


def _malformed(message: str, span: Span | None) -> Diagnostic:
    return Diagnostic("E151", Severity.ERROR, message, span)


def _read_area(file: FilePath, shown_as: str) -> Area:
    document, diagnostics = read_file(file, shown_as)
    errors = [each for each in diagnostics if each.severity is Severity.ERROR]
    if document is None or errors:
        raise MalformedSchema(*diagnostics)
    values = document.values
    for key in values:
        if key not in FILE_KEYS:
            known = ", ".join(sorted(FILE_KEYS))
            raise MalformedSchema(
                _malformed(f"a file of the schema has no key {key}: {known}", document.keys[(key,)])
            )
    start = Span(shown_as, 1, 1)
    return Area(
        title=_text(values, "title", start),
        order=_order(values, start),
        intro=_text(values, "intro", start),
        file=shown_as,
        properties=_schemas(values, "properties", document),
        definitions=_schemas(values, "definitions", document),
    )


def _text(values: Mapping[str, object], key: str, start: Span) -> str:
    value = values.get(key)
    if not isinstance(value, str) or not value.strip():
        raise MalformedSchema(_malformed(f"{key} is missing", start))
    return " ".join(value.split())


def _order(values: Mapping[str, object], start: Span) -> int:
    value = values.get("order")
    if not isinstance(value, int):
        raise MalformedSchema(_malformed("order, a whole number, is missing", start))
    return value


def _schemas(values: Mapping[str, object], key: str, document: Document) -> dict[str, Node]:
    schemas = values.get(key, {})
    if not isinstance(schemas, dict):
        raise MalformedSchema(_malformed(f"{key} must be a map", document.spans[(key,)]))
    return {name: _with_sources(node, (key, name), document) for name, node in schemas.items()}


def _with_sources(node: object, path: Path, document: Document) -> Node:
    """A copy of the schema at `path` in which every node knows where its key was written."""
    span = document.keys.get(path) or document.spans[path]
    if not isinstance(node, dict):
        raise MalformedSchema(_malformed("a schema must be a map", span))
    result: Node = {}
    for key, value in node.items():
        below = (*path, key)
        if key in SUBSCHEMA_BY_NAME and isinstance(value, dict):
            result[key] = {
                name: None if each is None else _with_sources(each, (*below, name), document)
                for name, each in value.items()
            }
        elif key in SUBSCHEMA_LIST and isinstance(value, list):
            result[key] = [
                _with_sources(each, (*below, index), document) for index, each in enumerate(value)
            ]
        elif key in SUBSCHEMA and isinstance(value, dict):
            result[key] = _with_sources(value, below, document)
        else:
            result[key] = value
    result["x-source"] = str(span)
    return result


def _refuse_repetition(areas: list[Area]) -> None:
    """Raise when two files claim the same order, top-level value or definition."""
    seen: dict[tuple[str, str], str] = {}
    for area in areas:
        named = [("order", str(area.order))]
        named += [("value", name) for name in area.properties]
        named += [("definition", name) for name in area.definitions]
        for kind, name in named:
            if (kind, name) in seen:
                message = f"{kind} {name} is in {seen[kind, name]} already"
                raise MalformedSchema(_malformed(message, Span(area.file, 1, 1)))
            seen[kind, name] = area.file
