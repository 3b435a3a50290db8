"""Where keys and values stand in a file, kept as a tree and turned into spans when asked."""

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

from carrel.diagnostics import Path, Span

_COLUMN_BITS = 24
_COLUMN = (1 << _COLUMN_BITS) - 1

Mark: TypeAlias = int
"""A line and a column, both from 0, in one number: a file has one for every key and value, and
objects would keep the garbage collector busy for longer than the parser."""

Place: TypeAlias = tuple[Mark | None, Mark, "Places | None", str | None]
"""Where one entry of a mapping or a list stands: its key (None in a list), its value, the entries
of its value if it has any, and the value as it was written if that is no string."""

Places: TypeAlias = dict[str, Place] | list[Place]


def mark_of(line: int, column: int) -> Mark:
    """A place from its line and column, both from 0, in characters."""
    return line << _COLUMN_BITS | column


def line_of(place: Mark) -> int:
    """The line of a place, from 1."""
    return (place >> _COLUMN_BITS) + 1


def column_of(place: Mark) -> int:
    """The column of a place, from 1."""
    return (place & _COLUMN) + 1


def span_of(place: Mark, file: str) -> Span:
    """A place in a file."""
    return Span(file, line_of(place), column_of(place))


class Spans(Mapping[Path, Span]):
    """The spans of all keys or of all values of one file, by path."""

    def __init__(self, root: Place, file: str, part: Literal["key", "value"]) -> None:
        self._root = root
        self._file = file
        self._index: Literal[0, 1] = 0 if part == "key" else 1

    def __getitem__(self, path: Path) -> Span:
        place = find(self._root, path)
        where = place[self._index] if place is not None else None
        if where is None:
            raise KeyError(path)
        return span_of(where, self._file)

    def __iter__(self) -> Iterator[Path]:
        return (path for path, place in walk(self._root) if place[self._index] is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Literals(Mapping[Path, str]):
    """How the numbers, booleans and nulls of one file were written, by path."""

    def __init__(self, root: Place) -> None:
        self._root = root

    def __getitem__(self, path: Path) -> str:
        place = find(self._root, path)
        written = place[3] if place is not None else None
        if written is None:
            raise KeyError(path)
        return written

    def __iter__(self) -> Iterator[Path]:
        return (path for path, place in walk(self._root) if place[3] is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def find(root: Place, path: Path) -> Place | None:
    """The place at a path, None when nothing was written there."""
    place = root
    for step in path:
        below = place[2]
        if isinstance(below, dict):
            found = below.get(step) if isinstance(step, str) else None
        elif isinstance(below, list) and isinstance(step, int) and 0 <= step < len(below):
            found = below[step]
        else:
            found = None
        if found is None:
            return None
        place = found
    return place


def walk(root: Place, path: Path = ()) -> Iterator[tuple[Path, Place]]:
    """Every place from the root downwards, in the order of the file."""
    yield path, root
    below = root[2]
    if isinstance(below, dict):
        for key, place in below.items():
            yield from walk(place, (*path, key))
    elif below is not None:
        for index, place in enumerate(below):
            yield from walk(place, (*path, index))
