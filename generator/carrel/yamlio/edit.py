"""Changing keys and values of a YAML text and not one character besides.

A text is spliced where its keys and values stand, then read again: what it means must be what was
meant. Where that cannot be had, the text is refused with the place that stands in the way.
"""

import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from carrel.diagnostics import Path, Severity, dotted
from carrel.yamlio import reader

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class _Kept:
    """The type of `KEPT`."""


KEPT: Final = _Kept()
"""Stands for a value that stays as it is."""


class Refused(Exception):
    """A text that cannot be changed as wished.

    Attributes:
        line: 1-based.
        column: 1-based.
        path: the key in question.
        message: why, and what to do, without a full stop.
    """

    def __init__(self, line: int, column: int, path: Path, message: str) -> None:
        super().__init__(f"line {line}, column {column}: {dotted(path)}: {message}")
        self.line, self.column, self.path, self.message = line, column, path, message


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of one key.

    Attributes:
        path: the key.
        to: where it goes, the same path where it stays, None where it is removed.
        value: a string, number, boolean or null that takes the place of its value.
        kept: how many steps of `path` lead to something that stays even if nothing is left in it.
            What lies deeper is removed with its last key.
    """

    path: Path
    to: Path | None
    value: object = KEPT
    kept: int = 0


def edit(data: bytes, changes: Sequence[Change]) -> bytes:
    """A file with changes made to it; every other line stays as it is, byte for byte.

    The changes are made at once: no path of one may lie below a path of another, and none may go
    where a key is already.

    Args:
        data: the content of a file that the reader reads without an error.
        changes: what is to become of which keys.

    Raises:
        Refused: a change cannot be made safely.
    """
    from carrel.yamlio.splices import spliced

    if not changes:
        return data
    mark = _BYTE_ORDER_MARK if data.startswith(_BYTE_ORDER_MARK) else b""
    document = _read(data)
    if document is None:
        raise Refused(1, 1, changes[0].path, "the file cannot be read")
    result = mark + spliced(data.decode("utf-8-sig"), changes).encode()
    after = _read(result)
    if after is None or not same(after.values, meant(document.values, changes)):
        path = _stray(document, changes)
        where = document.keys.get(path)
        line, column = (where.line, where.column) if where is not None else (1, 1)
        message = "this cannot be rewritten safely; change it by hand"
        raise Refused(line, column, path, message)
    return result


def meant(values: dict[str, Any], changes: Sequence[Change]) -> dict[str, Any]:
    """What values become by changes: the meaning of `edit`, with nothing of its means."""
    result = deepcopy(values)
    moved: list[tuple[Path, object]] = []
    for change in changes:
        parent, key = _at(result, change.path[:-1]), change.path[-1]
        value = parent[key] if change.value is KEPT else change.value
        if change.to == change.path:
            parent[key] = value
            continue
        del parent[key]
        if change.to is not None:
            moved.append((change.to, value))
    for path, value in moved:
        parent = result
        for step in path[:-1]:
            parent = parent.setdefault(step, {}) if isinstance(parent, dict) else parent[step]
        parent[path[-1]] = value
    for change in changes:
        for length in range(len(change.path) - 1, change.kept, -1):
            parent, key = _at(result, change.path[: length - 1]), change.path[length - 1]
            if change.to == change.path or not isinstance(parent, dict) or parent.get(key) != {}:
                break
            del parent[key]
    return result


def same(one: object, other: object) -> bool:
    """Whether two trees of values are the same, types included; the order of keys is nothing."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _at(values: Any, path: Path) -> Any:
    for step in path:
        if isinstance(values, dict):
            values = values.get(step)
        else:
            values = values[step] if values is not None else None
    return values


def _read(data: bytes) -> reader.Document | None:
    document, found = reader.read_values(data, "")
    return None if any(each.severity is Severity.ERROR for each in found) else document


def _stray(document: reader.Document, changes: Sequence[Change]) -> Path:
    """The change that is most likely in the way: one whose key is written elsewhere as well."""
    seen: dict[object, Path] = {}
    for change in changes:
        where = document.keys.get(change.path)
        if where in seen:
            return change.path
        seen[where] = change.path
    return changes[0].path
