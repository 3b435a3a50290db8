"""From the events of the C parser to Python values and their places, in one pass.

It accepts what Helm's reader accepts, except what can only be a mistake, and its limits bound
time and memory whatever the text.
"""

import math
from typing import Any, NamedTuple

from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from carrel.diagnostics import Path
from carrel.yamlio import scalars
from carrel.yamlio.expansion import MAX_VALUES, Anchored, Expansion
from carrel.yamlio.findings import Finding
from carrel.yamlio.positions import Mark, Place, Places, line_of, mark_of
from carrel.yamlio.scalars import NOT_TEXT_STARTS, STANDARD_TAG, Scalar

MAX_FINDINGS = 1000
"""Nobody repairs more mistakes of one file at once."""

_MERGE = "<<"
_COLLECTION_TAGS = (None, "!", STANDARD_TAG + "map", STANDARD_TAG + "seq")


class ComposedDocument(NamedTuple):
    """One document of a stream.

    Attributes:
        value: what it holds; None also when it is empty.
        place: where.
        start: the event that opened it.
    """

    value: object
    place: Place
    start: DocumentStartEvent


class _Mapping:
    """A mapping that is being read: its values, their places, and which came by a merge."""

    __slots__ = ("merged", "places", "values")

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self.places: dict[str, Place] = {}
        self.merged: set[str] = set()


class Composer:
    """Composes the documents of one stream.

    Attributes:
        findings: what was found so far and does not prevent reading on.
    """

    def __init__(self, data: bytes) -> None:
        self.findings: list[Finding] = []
        self._next = CParser(data).get_event
        self._path: list[str | int] = []
        self._expansion = Expansion(1, 0, 0, {})

    def next_document(self) -> ComposedDocument | None:
        """The next document, None at the end of the stream.

        Raises:
            Unreadable: a limit is exceeded, or an alias cannot be followed.
            ruamel.yaml.error.YAMLError: the text is not YAML.
        """
        start = self.next_start()
        if start is None:
            return None
        self._expansion = Expansion(1, 0, 0, {})
        value, place = self._node(None, self._next(), 0)
        return ComposedDocument(value, place, start)

    def next_start(self) -> DocumentStartEvent | None:
        """The event that opens the next document, None at the end of the stream.

        Raises:
            ruamel.yaml.error.YAMLError: the text is not YAML.
        """
        while not isinstance(event := self._next(), DocumentStartEvent):
            if isinstance(event, StreamEndEvent):
                return None
        return event

    def _node(self, key_mark: Mark | None, event: Any, depth: int) -> tuple[object, Place]:
        """The value that starts with `event`, and its place."""
        start = event.start_mark
        mark = mark_of(start.line, start.column)
        expansion = self._expansion
        if event.anchor is not None:
            if event.__class__ is AliasEvent:
                anchored = expansion.follow(event.anchor, depth, mark, self._where())
                _, _, below, written = anchored.place
                return anchored.value, (key_mark, mark, below, written)
            return self._anchored(key_mark, event, depth)
        expansion.visited += 1
        if expansion.visited > MAX_VALUES:
            expansion.refuse_size(mark)
        if event.__class__ is ScalarEvent:
            value = self._scalar(event)
            if value.__class__ is str:
                return value, (key_mark, mark, None, None)
            if value is not None:
                self._judge(value, event, mark)  # type: ignore[arg-type]
            return value, (key_mark, mark, None, event.value)
        container, below = self._container(event, mark, depth + 1)
        return container, (key_mark, mark, below, None)

    def _anchored(self, key_mark: Mark | None, event: Any, depth: int) -> tuple[object, Place]:
        """A value that has an anchor."""
        expansion = self._expansion
        anchor, event.anchor = event.anchor, None
        expansion.anchors[anchor] = None
        before, deepest, expansion.deepest = expansion.visited, expansion.deepest, depth
        value, place = self._node(key_mark, event, depth)
        size, height = expansion.visited - before, expansion.deepest - depth
        # A node inside that has the same anchor has taken it over.
        if expansion.anchors[anchor] is None:
            expansion.anchors[anchor] = Anchored(value, place, size, height)
        expansion.deepest = max(deepest, expansion.deepest)
        return value, place

    def _container(self, event: Any, mark: Mark, depth: int) -> tuple[object, Places]:
        self._expansion.descend(depth, mark)
        if event.tag not in _COLLECTION_TAGS:
            message = f"the tag {scalars.short_tag(event.tag)} is not supported"
            self._find("E013", message, mark, "remove it")
        if event.__class__ is MappingStartEvent:
            return self._mapping(depth)
        return self._sequence(depth)

    def _sequence(self, depth: int) -> tuple[list[object], list[Place]]:
        values: list[object] = []
        places: list[Place] = []
        path = self._path
        path.append(0)
        while True:
            event = self._next()
            if event.__class__ is SequenceEndEvent:
                path.pop()
                return values, places
            path[-1] = len(values)
            value, place = self._node(None, event, depth)
            values.append(value)
            places.append(place)

    def _mapping(self, depth: int) -> tuple[dict[str, object], dict[str, Place]]:
        mapping = _Mapping()
        values, places, path = mapping.values, mapping.places, self._path
        path.append("")
        while True:
            event = self._next()
            if event.__class__ is MappingEndEvent:
                path.pop()
                return values, places
            mark = _mark(event)
            path[-1] = ""
            if _is_merge(event):
                path[-1] = _MERGE
                self._merge(mark, mapping, depth)
                continue
            key = self._key(event, depth)
            if key is None:
                self._node(None, self._next(), depth)
                continue
            path[-1] = key
            if key in values:
                self._judge_repetition(key, mark, mapping)
            values[key], places[key] = self._node(mark, self._next(), depth)

    def _key(self, event: Any, depth: int) -> str | None:
        """A key as Helm makes a string of it, None when it cannot be one."""
        mark = _mark(event)
        value: object
        if event.__class__ is ScalarEvent and event.anchor is None:
            self._expansion.visited += 1
            value, written = self._scalar(event), event.value
            if value.__class__ is str:
                return value
        else:
            value, place = self._node(None, event, depth)
            written = place[3]
            if isinstance(value, dict | list):
                hint = "put a text that starts with { or [ in quotes"
                self._find("E014", "a mapping or a list cannot be a key", mark, hint)
                return None
        key = scalars.key_text(value)  # type: ignore[arg-type]
        if key is None:
            what = "null" if value is None else "a number this large"
            self._find("E014", f"{what} cannot be a key", mark, "put the key in quotes")
        elif written is not None and written != key:
            hint = f'write "{key}" or "{written}"'
            self._find("W002", f"Helm reads this key as {key}", mark, hint)
        return key

    def _scalar(self, event: Any) -> Scalar:
        """The value of a scalar, by Helm's rules."""
        text: str = event.value
        plain, quoted = event.implicit
        if plain:
            if text[:1] not in NOT_TEXT_STARTS:
                return text
            # The bare tag ! makes a string of anything.
            return scalars.resolve(text) if event.tag is None else text
        if quoted:
            return text
        try:
            return scalars.resolve_tagged(event.tag, text)
        except scalars.UnsupportedTag as error:
            self._find("E013", str(error), _mark(event), "remove it")
            return text

    def _merge(self, mark: Mark, mapping: _Mapping, depth: int) -> None:
        """Lay the mapping or mappings of a merge key over what is there, as Helm does.

        YAML says that a mapping's own keys win. To Helm the order decides: they win only where
        they follow the merge key.
        """
        event = self._next()
        listed = event.__class__ is SequenceStartEvent
        value, place = self._node(None, event, depth)
        self._path[-1] = ""
        sources = [(value, place)]
        if listed and isinstance(value, list) and isinstance(place[2], list):
            sources = [*zip(value, place[2], strict=True)][::-1]
        for source, (_, _, below, _) in sources:
            if not isinstance(source, dict) or not isinstance(below, dict):
                message = "only a mapping or a list of mappings can be merged"
                self._find("E007", message, mark, "name mappings after <<")
                continue
            for key in source:
                if key in mapping.values and key not in mapping.merged:
                    message = f"this merge overwrites {key!r}, which is written above it"
                    self._find("W003", message, mark, "write << first")
            mapping.values.update(source)
            mapping.places.update(below)
            mapping.merged.update(source)

    def _judge_repetition(self, key: str, mark: Mark, mapping: _Mapping) -> None:
        if key in mapping.merged:
            mapping.merged.discard(key)
            return
        first, _, _, _ = mapping.places[key]
        line = line_of(first or 0)
        self._find("E008", f"the key is already on line {line}", mark, "keep one of the two")

    def _judge(self, value: bool | int | float, event: Any, mark: Mark) -> None:
        """Report a number or boolean that is not what it looks like, or that Helm cannot hold."""
        written: str = event.value
        if isinstance(value, float) and not math.isfinite(value):
            message = f"{written} is a number that Helm cannot hold"
            self._find("E016", message, mark, "put it in quotes if it is a text")
        elif isinstance(value, int) and int(float(value)) != value:
            message = f"Helm would round this number to {int(float(value))}"
            self._find("E017", message, mark, "put it in quotes if it is a name")
        elif event.implicit[0] and scalars.is_ambiguous(value, written):
            meant = scalars.clear_text(value)
            hint = f'write {meant} or "{written}"'
            self._find("W004", f"Helm reads {written} as {meant}", mark, hint)

    def _find(self, code: str, message: str, mark: Mark, hint: str = "") -> None:
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(code, message, mark, self._where(), hint))

    def _where(self) -> Path:
        """The path of what is being read, without a key that is not known yet."""
        return tuple(self._path[:-1] if self._path[-1:] == [""] else self._path)


def _mark(event: Any) -> Mark:
    start = event.start_mark
    return mark_of(start.line, start.column)


def _is_merge(event: Any) -> bool:
    if event.__class__ is not ScalarEvent or event.value != _MERGE:
        return False
    return bool(event.implicit[0]) or event.tag == STANDARD_TAG + "merge"
