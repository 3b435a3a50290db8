"""Entries of a mapping that are taken out of one place of a text and put into another."""

import json
import re
from dataclasses import dataclass
from typing import TypeAlias, Union

from carrel.yamlio import scalars, writer
from carrel.yamlio.source_text import Entry, Node, SourceText

_STEP = "  "
_SAFE_IN_BRACKETS = re.compile(r"[A-Za-z0-9_./-]+")
_NEEDS_QUOTES_IN_BRACKETS = re.compile(r"[,\[\]{}:]")


@dataclass(frozen=True, slots=True)
class Lifted:
    """An entry on its way.

    Attributes:
        lines: its comments, its key and its value as they stand in a block at the margin.
        inline: the same on one line inside of brackets, None where that cannot be.
    """

    lines: tuple[str, ...]
    inline: str | None


Tree: TypeAlias = dict[str, Union["Tree", Lifted]]
"""What comes below a mapping: key → an entry, or the mapping that has to be made around some."""


def scalar_text(value: object, node: Node | None, *, in_flow: bool) -> str:
    """A scalar as it is written in the place of another, in quotes like the other's if it can.

    Args:
        value: a string, number, boolean or None.
        node: what it replaces.
        in_flow: whether that is inside of brackets.
    """
    if not isinstance(value, str):
        return writer.write(value).strip()
    style = node.style if node else ""
    if style == "'" and value.isprintable():
        doubled = value.replace("'", "''")
        return f"'{doubled}'"
    text = writer.write(value).rstrip("\n")
    unsafe = "\n" in text or (in_flow and not _SAFE_IN_BRACKETS.fullmatch(text))
    if (style == '"' or unsafe) and not text.startswith('"'):
        return json.dumps(value, ensure_ascii=False)
    return text


def lift(
    source: SourceText, entry: Entry, *, flow: bool, floor: int, name: str, value: str | None
) -> Lifted:
    """Take an entry out.

    Args:
        source: the text.
        entry: the entry.
        flow: whether it stands inside of brackets.
        floor: where the entry before it ends, or 0.
        name: its new key.
        value: the text of its new value, None to keep the one it has.
    """
    key = scalar_text(name, entry.key, in_flow=flow)
    written = source.text[entry.value.start : entry.value.end]
    chosen = written if value is None else value
    if flow:
        first, *more = f"{key}: {chosen}".rstrip().splitlines()
        # How far the other lines of a value in brackets or quotes are indented means nothing.
        lines = [first, *(_STEP + line.lstrip(" ") for line in more)]
        return Lifted(tuple(lines), None if more else lines[0])
    column = source.column(entry.key.start)
    own_line = source.starts_line(entry.key.start)
    start = source.own_start(entry, floor) if own_line else entry.key.start
    end = source.own_end(entry)
    comments = source.text[start : source.line_start(entry.key.start)] if own_line else ""
    between = source.text[entry.key.end : entry.value.start]
    if value is not None and not written:
        between = f"{between.rstrip()} "
    rest = source.text[entry.value.end : end]
    whole = f"{comments}{' ' * column}{key}{between}{chosen}{rest}"
    lines = whole.replace("\r\n", "\n").removesuffix("\n").split("\n")
    indented = re.compile(f" {{0,{column}}}")
    lines = [indented.sub("", line, count=1) for line in lines]
    if len(lines) > 1 or rest.strip():
        return Lifted(tuple(lines), None)
    inside = chosen
    if not entry.value.style and entry.value.bare and _NEEDS_QUOTES_IN_BRACKETS.search(chosen):
        plain = entry.value.entries is None and entry.value.items is None and value is None
        if plain and isinstance(scalars.resolve(chosen), str):
            inside = json.dumps(chosen, ensure_ascii=False)
    return Lifted(tuple(lines), f"{key}: {inside}")


def block_text(tree: Tree, column: int, newline: str) -> str:
    """What comes below a mapping in a block, every line ended."""
    return "".join(f"{line}{newline}" for line in _block_lines(tree, " " * column))


def flow_text(tree: Tree) -> str | None:
    """What comes below a mapping in brackets, without the brackets; None where it cannot be."""
    parts = []
    for name, below in tree.items():
        if isinstance(below, Lifted):
            inline = below.inline
        else:
            inside = flow_text(below)
            key = scalar_text(name, None, in_flow=True)
            inline = None if inside is None else f"{key}: {{{inside}}}"
        if inline is None:
            return None
        parts.append(inline.rstrip())
    return ", ".join(parts)


def _block_lines(tree: Tree, pad: str) -> list[str]:
    lines: list[str] = []
    for name, below in tree.items():
        if isinstance(below, Lifted):
            lines += [pad + line if line.strip() else line for line in below.lines]
        else:
            lines.append(f"{pad}{scalar_text(name, None, in_flow=False)}:")
            lines += _block_lines(below, pad + _STEP)
    return lines
