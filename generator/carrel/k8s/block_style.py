"""Reading documents of one key or item a line, which nearly all rendered objects are.

A site's tenants repeat their lines, so each different line is taken apart once. A document that
holds anything else, such as a block of text or a flow mapping, is left to
`carrel.k8s.documents.read_documents`, which takes more than twice as long for it.
"""

import math
import re
from typing import Any, NamedTuple

from carrel.k8s.documents import read_documents
from carrel.yamlio import scalars
from carrel.yamlio.reader import Malformed

_LINE = re.compile(
    r"(?P<indent> *)(?P<dashes>(?:- )*)"
    r"(?:(?P<key>[A-Za-z_][A-Za-z0-9_./-]*|\"[^\"\\]+\"|'[^']+'):(?: +(?P<value>[^ ].*))?"
    r"|(?P<item>[^ ].*))"
)
_SKIPPED = re.compile(r" *(?:#.*)?")
_ASCII = re.compile(r"[ -~]*")
_QUOTED = re.compile(r"\"[^\"\\]*\"|'[^']*'")
# No indicator at the start, no end of a key and no comment inside.
_PLAIN = re.compile(r"(?:[A-Za-z0-9_./+~^$(]|-[!-~])[!-~]*(?: [!-~]+)*")
_NOT_PLAIN = re.compile(r": | #|:$|^<<$")
_LONGEST_KEY = 1000
"""Characters. Readers look 1,024 ahead for the colon after a key."""

_BELOW = object()
"""Instead of a value: it follows below, or is null."""


class Unusual(Exception):
    """A document is not in this style."""


class _Line(NamedTuple):
    """What a line says.

    Attributes:
        column: of its first dash or its key, 0-based; negative when it says nothing.
        dashes: how many lists it adds an item to.
        key: None for an item that is a scalar.
        value: of the key or the item.
    """

    column: int
    dashes: int
    key: str | None
    value: object


_NOTHING = _Line(-1, 0, None, None)


class BlockStyle:
    """Reads documents, and remembers their lines."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}

    def read(self, text: str) -> object:
        """What a document holds, None for nothing; the same as the careful reader says.

        Documents share what stands on one line, so that nobody may change it.

        Raises:
            Unusual: it is not in this style, or wrong.
        """
        known, opened = self._lines, _Opened()
        node: Any = None
        here = -1
        # The key of `node` that has no value yet.
        waiting: str | None = None
        for line in text.split("\n"):
            try:
                column, dashes, key, value = known[line]
            except KeyError:
                column, dashes, key, value = known[line] = _said(line)
            if column < 0:
                continue
            if dashes or column != here or node.__class__ is not dict:
                here, node = opened.container(column, dashes, waiting, scalar=key is None)
            waiting = None
            if key is None:
                node.append(value)
                continue
            if key in node:
                raise Unusual
            if value is _BELOW:
                value, waiting = None, key
            node[key] = value
        return opened.root


class _Opened:
    """The containers of a document that are not finished, and the outermost of all."""

    def __init__(self) -> None:
        self.root: Any = None
        self._stack: list[tuple[int, Any]] = []

    def container(
        self, column: int, dashes: int, waiting: str | None, *, scalar: bool
    ) -> tuple[int, Any]:
        """What a line adds to, new where need be, with its column.

        Args:
            column: of the line's first dash or its key.
            dashes: how many items it begins.
            waiting: the key without a value in the line before it.
            scalar: whether its last item is a scalar.

        Raises:
            Unusual: it does not fit what is before it.
        """
        stack = self._stack
        kind = list if dashes else dict
        while stack and (
            stack[-1][0] > column
            # A list may stand right below the key that it belongs to.
            or (stack[-1][0] == column and kind is dict and stack[-1][1].__class__ is list)
        ):
            stack.pop()
            waiting = None
        if not stack or stack[-1][0] < column or stack[-1][1].__class__ is not kind:
            self._open(column, kind(), waiting)
        for level in range(1, dashes + (not scalar)):
            item: Any = [] if level < dashes else {}
            stack[-1][1].append(item)
            stack.append((column + 2 * level, item))
        return stack[-1]

    def _open(self, column: int, new: Any, waiting: str | None) -> None:
        if waiting is not None:
            self._stack[-1][1][waiting] = new
        elif self.root is None and column == 0:
            self.root = new
        else:
            raise Unusual
        self._stack.append((column, new))


def _said(line: str) -> _Line:
    """What a line says by itself.

    Raises:
        Unusual: it cannot be said without the lines around it.
    """
    if not _ASCII.fullmatch(line):
        raise Unusual
    if _SKIPPED.fullmatch(line):
        return _NOTHING
    found = _LINE.fullmatch(line)
    if found is None:
        raise Unusual
    column, dashes = len(found["indent"]), len(found["dashes"]) // 2
    if found["key"] is None:
        if not dashes:
            raise Unusual
        return _Line(column, dashes, None, _value(found["item"]))
    key = _scalar(found["key"])
    if not isinstance(key, str) or len(key) > _LONGEST_KEY or key == "<<":
        raise Unusual
    return _Line(column, dashes, key, _value(found["value"]) if found["value"] else _BELOW)


def _value(text: str) -> object:
    if text[0] in "[{":
        try:
            (found,) = read_documents(text)
        except (Malformed, ValueError):
            raise Unusual from None
        return found
    return _scalar(text)


def _scalar(text: str) -> scalars.Scalar:
    if _QUOTED.fullmatch(text):
        return text[1:-1]
    if not _PLAIN.fullmatch(text) or _NOT_PLAIN.search(text):
        raise Unusual
    value = scalars.resolve(text)
    if isinstance(value, float) and not math.isfinite(value):
        raise Unusual
    return value
