"""docs/values.md: what values.yaml says, as tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from carrel.build.annotations import (
    Key,
    choices,
    description,
    example,
    is_block,
    keys,
    kind,
    readers,
)
from carrel.schema.bundle import Schema
from carrel.schema.hints import written
from carrel.schema.source import Area, Node
from carrel.text_templates import fill

_TEMPLATE = "values.md.jinja"
_LONGEST_DEFAULT = 50
_REQUIRED, _OWN = "must be given", "its own"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: cells of Markdown."""

    key: str
    kind: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """A value or a block, and the keys below it.

    Attributes:
        title: dotted path, or a sentence for keys that several blocks share.
        text: the block's own description, and who reads it where no block above says so.
        rows: the keys; those that `shared` lists are left out.
        shared: title of the table that has the other keys, or "".
        depth: 0 for a top-level value.
    """

    title: str
    text: str
    rows: tuple[Row, ...]
    shared: str
    depth: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """One area of the values tree."""

    title: str
    intro: str
    tables: tuple[Table, ...]


def values_docs(schema: Schema, templates: Path) -> str:
    """The text of docs/values.md.

    Args:
        schema: what is described.
        templates: the folder generator/templates.
    """
    return fill(templates, _TEMPLATE, {"chapters": chapters(schema)})


def chapters(schema: Schema) -> tuple[Chapter, ...]:
    """What docs/values.md says, area by area."""
    return tuple(
        Chapter(area.title, area.intro, tuple(_tables_of(area, schema))) for area in schema.areas
    )


def _tables_of(area: Area, schema: Schema) -> Iterator[Table]:
    for name in area.properties:
        node = schema.root["properties"][name]
        extended = _extended(node)
        # The row of a value that is no block has its description.
        words = [description(node)] if is_block(node) else []
        text = " ".join([*words, f"Read by {readers(node)}."])
        if not extended:
            yield Table(name, text, tuple(_rows(node, (name,))), "", 0)
            continue
        yield Table(name, text, (), "", 0)
        for each in dict.fromkeys(extended.values()):
            shared = schema.definitions[each]
            rows = tuple(
                replace(row, default=_OWN if row.default == _REQUIRED else row.default)
                for row in _rows(shared, ())
            )
            yield Table(f"Keys of every {each}", "", rows, "", 1)
        for below, block in node["properties"].items():
            yield _block_table((name, below), block, extended.get(below, ""), schema)


def _extended(node: Node) -> dict[str, str]:
    """Names of blocks below `node` that share keys → the definition they share."""
    return {
        name: below["x-extends"]
        for name, below in node.get("properties", {}).items()
        if "x-extends" in below
    }


def _block_table(path: tuple[str, ...], node: Node, extended: str, schema: Schema) -> Table:
    known = set(_rows(schema.definitions[extended], ())) if extended else set()
    rows = tuple(row for row in _rows(node, ()) if row not in known)
    shared = f"Keys of every {extended}" if extended else ""
    return Table(".".join(path), description(node), rows, shared, 1)


def _rows(node: Node, path: tuple[str, ...]) -> Iterator[Row]:
    """Rows for a leaf itself, or for the leaves below a block."""
    if not is_block(node) and path:
        yield _row(Key(path, node, required=False))
    for key in keys(node, path):
        if not is_block(key.node):
            yield _row(key)


def _row(key: Key) -> Row:
    shown = example(key.node)
    words = [description(key.node), choices(key.node)]
    if shown is not None:
        words.append(f"Example: {_code(shown)}.")
    return Row(
        key=_cell(f"`{key.dotted}`"),
        kind=_cell(kind(key.node)),
        default=_cell(_default(key)),
        meaning=_cell(" ".join(filter(None, words))),
    )


def _default(key: Key) -> str:
    if key.required:
        return _REQUIRED
    if "default" not in key.node:
        return ""
    text = _code(key.node["default"])
    return text if len(text) <= _LONGEST_DEFAULT else "see chart/values.yaml"


def _code(value: Any) -> str:
    return f"`{_flow(value)}`"


def _flow(value: Any) -> str:
    """A value on one line, as it could be written."""
    if isinstance(value, Mapping) and value:
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list) and value:
        return "[" + ", ".join(map(_flow, value)) + "]"
    return written(value)


def _cell(text: str) -> str:
    """Text for a cell of a table; `<name>` outside of code would vanish as an HTML tag."""
    parts = text.split("`")
    parts[::2] = [part.replace("<", "&lt;") for part in parts[::2]]
    return "`".join(parts).replace("|", "\\|")
