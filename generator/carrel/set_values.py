"""Assignments of `--set`, in Helm's notation (pkg/strvals/parser.go).

`a.b=1,c={x,y}`: dots go down into maps, commas separate, braces make a list, a backslash takes the
next character as it is. `true`, `false`, `null` and whole numbers without a leading zero are what
they look like; everything else is a string. Positions in lists (`a[0]=x`) are refused: they
change a list of the files below, which a layer cannot.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from carrel.diagnostics import Diagnostic, Path, Severity, Span, dotted
from carrel.layers import Layer, Values

FILE = "--set"
"""What positions name as the file; the line is the number of the option, from 1."""

_MAX_DEPTH = 30
_INTEGER = re.compile(r"[+-]?0*[0-9]{1,19}", re.ASCII)
_WORDS = {"true": True, "false": False, "null": None}


class _Unclear(Exception):
    """An assignment that cannot be understood.

    Attributes:
        message: why, without a full stop.
        offset: where in the option.
        hint: what to write instead.
    """

    def __init__(self, message: str, offset: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint


@dataclass(slots=True)
class _Cursor:
    """The text of one option and how far it is read."""

    text: str
    offset: int = 0

    def until(self, stops: str) -> tuple[str, str]:
        """The text up to one of `stops`, and that stop, or nothing at the end; both consumed."""
        read: list[str] = []
        while self.offset < len(self.text):
            character = self.text[self.offset]
            self.offset += 1
            if character in stops:
                return "".join(read), character
            if character == "\\":
                character = self.text[self.offset : self.offset + 1]
                self.offset += 1
            read.append(character)
        return "".join(read), ""

    def peek(self) -> str:
        """The next character, or nothing at the end."""
        return self.text[self.offset : self.offset + 1]


@dataclass(slots=True)
class _Assigned:
    """What was assigned so far, and where."""

    values: Values = field(default_factory=dict)
    keys: dict[Path, Span] = field(default_factory=dict)
    spans: dict[Path, Span] = field(default_factory=dict)

    def assign(self, names: list[tuple[str, int]], value: object, place: Span) -> Path:
        """Put a value at the end of a path.

        Args:
            names: the keys and their offsets.
            value: what to put there.
            place: where the value is written.

        Raises:
            _Unclear: the path goes through a value that is no map.
        """
        values = self.values
        path: Path = ()
        for name, offset in names[:-1]:
            path = (*path, name)
            key = Span(place.file, place.line, offset + 1)
            self.keys[path] = key
            self.spans.setdefault(path, key)
            below = values.setdefault(name, {})
            if not isinstance(below, dict):
                message = (
                    f"{dotted(path)} is set to a value before this, so nothing can be below it"
                )
                raise _Unclear(message, offset)
            values = below
        name, offset = names[-1]
        path = (*path, name)
        if isinstance(values.get(name), dict | list):
            self._forget(path)
        values[name] = value
        self.keys[path] = Span(place.file, place.line, offset + 1)
        self.spans[path] = place
        return path

    def _forget(self, path: Path) -> None:
        """Drop what was assigned below a path."""
        for places in (self.keys, self.spans):
            for below in [known for known in places if known[: len(path)] == path]:
                del places[below]


def parse(assignments: Sequence[str]) -> tuple[Layer, tuple[Diagnostic, ...]]:
    """The layer of all `--set` options, and what cannot be understood in them (E015).

    Args:
        assignments: the options in their order; a later one wins.
    """
    assigned, found = _Assigned(), []
    for number, text in enumerate(assignments, start=1):
        try:
            _parse_option(_Cursor(text), number, assigned)
        except _Unclear as unclear:
            span = Span(FILE, number, unclear.offset + 1)
            found.append(
                Diagnostic("E015", Severity.ERROR, unclear.message, span, "", unclear.hint)
            )
    layer = Layer("--set", FILE, assigned.values, assigned.keys, assigned.spans)
    return layer, tuple(found)


def _parse_option(cursor: _Cursor, number: int, assigned: _Assigned) -> None:
    """The assignments of one option, separated by commas."""
    if not cursor.text:
        raise _Unclear("nothing is assigned", 0, "write name=value")
    while cursor.peek():
        names = _names(cursor)
        start = cursor.offset
        place = Span(FILE, number, start + 1)
        if cursor.peek() != "{":
            text, _ = cursor.until(",")
            assigned.assign(names, _typed(text), place)
            continue
        items = _items(cursor)
        path = assigned.assign(names, [value for value, _ in items], place)
        for index, (_, offset) in enumerate(items):
            assigned.spans[(*path, index)] = Span(FILE, number, offset + 1)


def _names(cursor: _Cursor) -> list[tuple[str, int]]:
    """The keys up to the equals sign, each with its offset."""
    names: list[tuple[str, int]] = []
    while True:
        start = cursor.offset
        name, stop = cursor.until("=[,.")
        if stop == "[":
            hint = "set the whole list with {a,b}, or write it in the site's file"
            raise _Unclear("positions in lists are not supported", cursor.offset - 1, hint)
        if not name:
            raise _Unclear("a name is missing", start, "write name=value")
        names.append((name, start))
        if stop == "=":
            return names
        if stop != ".":
            path = dotted(tuple(name for name, _ in names))
            raise _Unclear(f"{path} has no value", names[0][1], f"write {path}=value")
        if len(names) > _MAX_DEPTH:
            raise _Unclear(f"a name has more than {_MAX_DEPTH} levels", names[0][1])


def _items(cursor: _Cursor) -> list[tuple[object, int]]:
    """The items of a list in braces, each with its offset."""
    opening = cursor.offset
    cursor.offset += 1
    items: list[tuple[object, int]] = []
    while True:
        start = cursor.offset
        text, stop = cursor.until(",}")
        if not stop:
            raise _Unclear("this list is not closed", opening, "end it with }")
        items.append((_typed(text), start))
        if stop == "}":
            break
    if cursor.peek() not in ("", ","):
        raise _Unclear("nothing can follow a list", cursor.offset, "put a comma before it")
    cursor.offset += 1
    return items


def _typed(text: str) -> object:
    """The value of a text by Helm's rules for the command line."""
    word = text.casefold()
    if word in _WORDS:
        return _WORDS[word]
    if text == "0":
        return 0
    if _INTEGER.fullmatch(text) and not text.startswith("0"):
        number = int(text)
        return number if -(2**63) <= number < 2**63 else text
    return text
