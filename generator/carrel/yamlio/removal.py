"""Taking entries out of a mapping, with whatever takes their place."""

import re
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from carrel.yamlio.source_text import Entry, Node, SourceText

Splice: TypeAlias = tuple[int, int, int, str]
"""Start, place among the splices of the same start, end, replacement."""

_AFTER_VALUE = re.compile(r"[ \t]*,?[ \t]*(#[^\n]*)?\r?\n")


def from_block(
    source: SourceText,
    node: Node,
    removed: AbstractSet[int],
    arriving: str,
    holder: Entry | None,
    *,
    is_root: bool,
) -> list[Splice] | None:
    """Splices that change the entries of a mapping in a block; None where there are none such.

    Args:
        source: the text.
        node: the mapping.
        removed: indices of the entries that go.
        arriving: lines to put at its end.
        holder: the entry whose value it is, None in a list.
        is_root: whether it is the whole document.
    """
    entries = node.entries or []
    if any(not _can_go(source, entries[index]) for index in removed):
        return None
    last = entries[-1]
    column = source.column(entries[0].key.start)
    end = source.own_end(last)
    if source.text[:end].endswith("\n") or not arriving:
        text = arriving
    else:
        text = source.newline + arriving
    # Before the next key, and what is deeper before what is not.
    found = [(end, -1 - column, end, text)] if arriving else []
    if len(removed) == len(entries) and not is_root:
        if holder is None:
            return _in_item(source, entries, arriving, found)
        if not arriving:
            return _with_braces(source, node, removed, holder)
    led = [index for index in range(len(entries)) if set(range(index + 1)) <= removed]
    if led and source.follows_dash(entries[0].key.start):
        removed = removed - set(led)
        found += _behind_dash(source, entries, len(led))
    return found + _lines(source, entries, removed)


def _can_go(source: SourceText, entry: Entry) -> bool:
    """Whether a key stands on lines of its own, or first behind the dash of an item."""
    start = entry.key.start
    return source.starts_line(start) or source.follows_dash(start)


def _in_item(
    source: SourceText, entries: list[Entry], arriving: str, arrival: list[Splice]
) -> list[Splice]:
    """What leaves an item of a list with what arrives, or with `{}`. Loose comments stay."""
    start, after_first = entries[0].key.start, source.own_end(entries[0])
    rest = _lines(source, entries, frozenset(range(1, len(entries))))
    end = source.own_end(entries[-1])
    if not arriving:
        newline = source.newline if source.text[:after_first].endswith("\n") else ""
        return [(start, 0, after_first, "{}" + newline), *rest]
    if _has_loose_text(source, after_first, end, rest):
        behind_dash = len(source.text[:start].rstrip(" "))
        return [(behind_dash, 0, after_first, source.newline), *rest, *arrival]
    text = arriving.lstrip(" ")
    if not source.text[:end].endswith("\n"):
        text = text.removesuffix(source.newline)
    return [(start, 0, end, text)]


def _has_loose_text(source: SourceText, start: int, end: int, removed: list[Splice]) -> bool:
    """Whether something stands between two places that no removal covers."""
    for removed_from, _, removed_to, _ in sorted(removed):
        if source.text[start:removed_from].strip():
            return True
        start = max(start, removed_to)
    return bool(source.text[start:end].strip())


def _with_braces(
    source: SourceText, node: Node, removed: AbstractSet[int], holder: Entry | None
) -> list[Splice] | None:
    """What leaves `{}` as the value of a key."""
    if holder is None or not node.bare or not source.ends_line(holder.colon + 1):
        return None
    after = holder.colon + 1
    return [(after, 0, after, " {}"), *_lines(source, node.entries or [], removed)]


def _behind_dash(source: SourceText, entries: list[Entry], kept: int) -> list[Splice]:
    """Removal of the first entries of an item. The first one kept follows the dash if it can."""
    start, end = entries[0].key.start, source.own_end(entries[kept - 1])
    first = entries[kept].key.start
    behind_dash = len(source.text[:start].rstrip(" "))
    after_first = source.own_end(entries[0])
    rest = _lines(source, entries, frozenset(range(1, kept)))
    if _has_loose_text(source, after_first, end, rest):
        return [(behind_dash, 0, after_first, source.newline), *rest]
    if not source.text[end:first].strip(" "):
        return [(start, 0, first, "")]
    return [(behind_dash, 0, end, source.newline)]


def _lines(source: SourceText, entries: list[Entry], removed: AbstractSet[int]) -> list[Splice]:
    found = []
    for index in removed:
        floor = entries[index - 1].value.end if index else 0
        start, end = source.own_start(entries[index], floor), source.own_end(entries[index])
        found.append((start, 0, end, ""))
    return found


def from_flow(
    source: SourceText, node: Node, removed: AbstractSet[int], arriving: str
) -> list[Splice] | None:
    """Splices that change the entries of a mapping in braces; None where it has no braces.

    Args:
        source: the text.
        node: the mapping.
        removed: indices of the entries that go.
        arriving: entries to put at its end, separated by commas.
    """
    entries = node.entries or []
    opening = source.text.find("{", node.start, node.end)
    if opening < 0 or not source.text[: node.end].endswith("}"):
        return None
    if len(removed) == len(entries):
        return [(opening + 1, 0, node.end - 1, arriving)]
    kept = max(index for index in range(len(entries)) if index not in removed)
    end = entries[kept].value.end
    found = [(end, 0, end, f", {arriving}")] if arriving else []
    return found + [_entry_of_flow(source, entries, index, kept) for index in removed]


def _entry_of_flow(source: SourceText, entries: list[Entry], index: int, kept: int) -> Splice:
    entry = entries[index]
    before = entries[index - 1].value.end if index else 0
    rest = _AFTER_VALUE.fullmatch(source.text, entry.value.end, source.line_end(entry.value.end))
    if rest and source.starts_line(entry.key.start):
        return (source.own_start(entry, before), 1, source.line_end(entry.value.end), "")
    if index < kept:
        return (entry.key.start, 1, entries[index + 1].key.start, "")
    return (before, 1, entry.value.end, "")
