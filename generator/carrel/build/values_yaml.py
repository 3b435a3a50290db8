"""chart/values.yaml: the defaults, and what each value means, in an order that can be read."""

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from carrel.build.annotations import (
    choices,
    description,
    entry,
    entry_name,
    example,
    is_block,
    keys,
)
from carrel.schema.bundle import Schema, default_of
from carrel.schema.source import Area, Node
from carrel.yamlio.writer import write

WIDTH = 100
"""Columns that a line should not exceed; what cannot be broken may."""

_HEAD = """\
# The defaults of the chart carrel: every value there is, what it means, and what holds when nobody
# sets it. Made by `carrel gen` from generator/schema/; change it there.
#
# A site sets only what differs from these, in values/sites/<site>/. Of several blocks with the same
# keys only the first explains them. docs/values.md has the same as tables.
"""


def values_yaml(schema: Schema) -> str:
    """The text of chart/values.yaml, which reads back as `schema.defaults()`."""
    lines = _HEAD.splitlines()
    for area in schema.areas:
        lines += ["", *_heading(area)]
        for name in area.properties:
            lines += ["", *_Block().entry(name, schema.root["properties"][name], 0)]
    return "".join(f"{line}\n" for line in lines)


def _heading(area: Area) -> Iterator[str]:
    rule = "# " + "-" * (WIDTH - 2)
    yield rule
    yield f"# {area.title}"
    yield "#"
    yield from _comment(area.intro, 0)
    yield rule


def _comment(text: str, indent: int, hanging: int = 0) -> list[str]:
    """Text as comment lines; `hanging` indents those after the first."""
    margin = " " * indent + "# "
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=margin,
        subsequent_indent=margin + " " * hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


class _Block:
    """The writer of one top-level value.

    A comment that a key of the same name has had already is not repeated, so of several blocks
    with the same keys only the first explains them.
    """

    def __init__(self) -> None:
        self._said: set[tuple[str, ...]] = set()

    def entry(self, name: str, node: Node, indent: int) -> list[str]:
        """The lines of a key: its comment and its value."""
        comment = self._comment_of(name, node, indent)
        margin = " " * indent
        if is_block(node):
            below = self._entries(node, indent + 2)
            return (
                [*comment, f"{margin}{name}:", *below]
                if below
                else [
                    *comment,
                    f"{margin}{name}: {{}}",
                ]
            )
        return [*comment, *_value(name, default_of(node), indent)]

    def _entries(self, node: Node, indent: int) -> list[str]:
        lines: list[str] = []
        tall = False
        for name, below in node["properties"].items():
            if "default" not in below and not is_block(below):
                continue
            entry_lines = self.entry(name, below, indent)
            commented = entry_lines[0].lstrip().startswith("#")
            if lines and (commented or tall):
                lines.append("")
            tall = commented or "" in entry_lines
            lines += entry_lines
        return lines

    def _comment_of(self, name: str, node: Node, indent: int) -> list[str]:
        lines = []
        for part in (
            _comment(f"{description(node)} {choices(node)}".strip(), indent),
            _example(node, indent),
            list(_entry_keys(node, indent)),
        ):
            said = (name, *(line.strip() for line in part))
            if said not in self._said:
                self._said.add(said)
                lines += part
        return lines


def _example(node: Node, indent: int) -> list[str]:
    value = example(node)
    if value is None:
        return []
    if not _deep(value):
        return _comment(f"Example: {_flow(value)}", indent)
    lines = [line for key, item in value.items() for line in _value(key, item, 0)]
    margin = " " * indent
    return [f"{margin}# Example:", *(f"{margin}#   {line}" for line in lines)]


def _entry_keys(node: Node, indent: int) -> Iterator[str]:
    """What can be written in an entry of a map by name."""
    below = entry(node)
    if below is None or "x-kubernetes" in node or "properties" not in below:
        return
    rows = [
        (f"{key.dotted} *" if key.required else key.dotted, _meaning(key.node))
        for key in keys(below)
        if not is_block(key.node)
    ]
    width = max(len(name) for name, _ in rows) + 4
    mark = " (* must be given)" if any(name.endswith("*") for name, _ in rows) else ""
    yield from _comment(f"Keys of {entry_name(node)}{mark}:", indent)
    for name, meaning in rows:
        lines = _comment("." * width + meaning, indent, hanging=width)
        yield lines[0].replace("." * width, f"  {name}".ljust(width), 1)
        yield from lines[1:]


def _meaning(node: Node) -> str:
    default = node.get("default")
    otherwise = "" if default in (None, "", [], {}) else f"Default: {_flow(default)}."
    return " ".join(filter(None, (description(node), choices(node), otherwise)))


def _value(name: str, value: Any, indent: int) -> list[str]:
    """A key with its value, which stands behind it where it fits."""
    margin = " " * indent
    flow = _flow(value)
    line = f"{margin}{_flow(name)}: {flow}"
    if not _deep(value) and len(line) <= WIDTH:
        return [line]
    if isinstance(value, dict):
        below = [each for key, item in value.items() for each in _value(key, item, indent + 2)]
        return [f"{margin}{_flow(name)}:", *below]
    text = write(value, indent=indent + 2)
    return [f"{margin}{_flow(name)}:", *text.splitlines()]


def _deep(value: Any) -> bool:
    """Whether a value is better read over several lines."""
    if isinstance(value, Mapping):
        return any(isinstance(item, dict | list) and item for item in value.values()) or (
            len(value) > 4
        )
    return isinstance(value, list) and any(isinstance(item, dict | list) for item in value)


def _flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        inner = ", ".join(f"{_flow(key)}: {_flow(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(_flow(item) for item in value)}]"
    text = write(value).strip()
    if isinstance(value, str) and (text.startswith("|") or set(text) & set(",[]{}:#")):
        return json.dumps(value, ensure_ascii=False)
    return text
