"""A YAML text as it was written: where each key and value begins and ends, and what lines it has.

The reader keeps what a text means; who edits it needs to know which characters say it.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from carrel.yamlio import scalars

_BLANK_OR_COMMENT = re.compile(r"[ \t]*(#[^\n]*)?\r?\n?")
_COMMENT = re.compile(r"( *)#")
_DASHES = re.compile(r" *(-[ \t]+)+")


@dataclass(slots=True)
class Node:
    """A value as it was written.

    Attributes:
        start: index of its first character, that of its anchor or tag if it has one.
        end: index after its last character; comments and blank lines after it are not part of it.
        flow: whether it is a collection in brackets.
        style: the quote of a scalar, or `|` or `>`; "" for a plain one and for collections.
        bare: whether it has neither anchor nor tag and is no alias.
        entries: those of a mapping, else None.
        items: those of a list, else None.
    """

    start: int
    end: int
    flow: bool = False
    style: str = ""
    bare: bool = True
    entries: "list[Entry] | None" = None
    items: "list[Node] | None" = None


@dataclass(slots=True)
class Entry:
    """One key of a mapping with its value.

    Attributes:
        name: the key as Helm reads it, None for a merge key and for one that Helm refuses.
        key: where the key is written.
        colon: index of the colon after it, -1 where there is none.
        value: where the value is written; an empty one follows the colon.
    """

    name: str | None
    key: Node
    colon: int
    value: Node


@dataclass(slots=True)
class SourceText:
    """A text that the reader has read without an error, with its tree.

    Attributes:
        text: without a byte order mark.
        root: its only document, an empty text where it holds none.
        newline: what ends its lines.
    """

    text: str
    root: Node = field(init=False)
    newline: str = field(init=False)

    def __post_init__(self) -> None:
        self.newline = "\r\n" if re.search(r"\A[^\n]*\r\n", self.text) else "\n"
        next_event = CParser(self.text.encode()).get_event
        while not isinstance(event := next_event(), DocumentStartEvent | StreamEndEvent):
            pass
        found = isinstance(event, DocumentStartEvent)
        self.root = self._node(next_event(), next_event) if found else Node(0, 0)

    def line_start(self, index: int) -> int:
        """Index of the first character of a line."""
        return self.text.rfind("\n", 0, index) + 1

    def line_end(self, index: int) -> int:
        """Index after the break that ends a line."""
        found = self.text.find("\n", index)
        return len(self.text) if found < 0 else found + 1

    def column(self, index: int) -> int:
        """Characters before an index on its line."""
        return index - self.line_start(index)

    def position(self, index: int) -> tuple[int, int]:
        """Line and column of a character, both from 1."""
        return self.text.count("\n", 0, index) + 1, self.column(index) + 1

    def starts_line(self, index: int) -> bool:
        """Whether only blanks stand before a character on its line."""
        return not self.text[self.line_start(index) : index].strip(" ")

    def follows_dash(self, index: int) -> bool:
        """Whether only dashes of lists stand before a character on its line."""
        return _DASHES.fullmatch(self.text, self.line_start(index), index) is not None

    def ends_line(self, index: int) -> bool:
        """Whether only blanks and a comment follow on the line."""
        return _BLANK_OR_COMMENT.fullmatch(self.text, index, self.line_end(index)) is not None

    def own_start(self, entry: Entry, floor: int) -> int:
        """Where an entry of a block begins: at the comment directly above its key, if it has one.

        What stands at the top of a file is the file's own.

        Args:
            entry: the entry, on lines of its own.
            floor: where the entry before it ends, or 0.
        """
        start = first = self.line_start(entry.key.start)
        column = entry.key.start - start
        while start > 0:
            above = self.line_start(start - 1)
            comment = _COMMENT.match(self.text, above, start)
            if comment is None or len(comment[1]) != column or above < floor:
                return start
            start = above
        return first

    def own_end(self, entry: Entry) -> int:
        """Where an entry of a block ends: after its last line and comments indented below it."""
        end = entry.value.end
        if end > entry.key.start and self.column(end):
            end = self.line_end(end)
        column, index = self.column(entry.key.start), end
        while index < len(self.text) and self.ends_line(index):
            comment = _COMMENT.match(self.text, index)
            index = self.line_end(index)
            if comment is not None:
                if len(comment[1]) <= column:
                    break
                end = index
        return end

    def _node(self, event: Any, next_event: Any) -> Node:
        start = event.start_mark.index
        end = event.end_mark.index
        while start < end and self.text[start] in " \t\r\n":
            start += 1
        bare = getattr(event, "anchor", None) is None and getattr(event, "tag", None) is None
        if isinstance(event, AliasEvent):
            return Node(start, end, bare=False)
        if isinstance(event, ScalarEvent):
            return self._scalar(Node(start, end, style=event.style or "", bare=bare))
        node = Node(start, end, flow=bool(event.flow_style), bare=bare)
        children = self._entries if isinstance(event, MappingStartEvent) else self._items
        last = children(node, next_event)
        node.end = last if node.flow else self._end_of_block(node)
        return node

    def _scalar(self, node: Node) -> Node:
        if node.style in ("|", ">"):
            header = self.text[node.start : self.line_end(node.start)].split("#")[0]
            if "+" not in header:
                # libyaml counts the blank lines after it.
                node.end = node.start + len(self.text[node.start : node.end].rstrip(" \t\r\n"))
        return node

    def _entries(self, node: Node, next_event: Any) -> int:
        node.entries = []
        while not isinstance(event := next_event(), MappingEndEvent):
            key = self._node(event, next_event)
            name = _name(event, key)
            value = self._node(next_event(), next_event)
            colon = self._colon(key.end)
            if value.start == value.end and value.bare:
                value.start = value.end = max(colon + 1, key.end)
            node.entries.append(Entry(name, key, colon, value))
        return int(event.end_mark.index)

    def _items(self, node: Node, next_event: Any) -> int:
        node.items = []
        while not isinstance(event := next_event(), SequenceEndEvent):
            node.items.append(self._node(event, next_event))
        return int(event.end_mark.index)

    def _colon(self, index: int) -> int:
        while self.text[index : index + 1] in (" ", "\t", "\r", "\n"):
            index += 1
        return index if self.text[index : index + 1] == ":" else -1

    @staticmethod
    def _end_of_block(node: Node) -> int:
        # To libyaml, a block ends where the next thing begins.
        below = [entry.value for entry in node.entries or ()] + (node.items or [])
        return max([node.start, *(each.end for each in below)])


def _name(event: Any, key: Node) -> str | None:
    """A key as the reader names it."""
    if not isinstance(event, ScalarEvent) or not key.bare:
        return None
    if not event.implicit[0]:
        return str(event.value)
    return None if event.value == "<<" else scalars.key_text(scalars.resolve(event.value))
