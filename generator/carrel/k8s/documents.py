"""Reading rendered YAML fast.

Whatever Helm and our templates write is plain: mappings with text for keys, lists and scalars. That
is composed here without positions, in half the time; `carrel.yamlio.reader` reads everything else
and finds the words for what cannot be read. Both give the same values.
"""

import math
from collections.abc import Callable
from typing import Any

from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from carrel.yamlio import reader, scalars

_MERGE = "<<"


class _Unusual(Exception):
    """Something that is not plain."""


def read_documents(text: str) -> list[object]:
    """The documents of a stream, as Kubernetes reads them; an empty document is None.

    Raises:
        carrel.yamlio.reader.Malformed: it cannot be read.
    """
    try:
        return _Composition(text).documents()
    except (_Unusual, YAMLError, RecursionError, UnicodeEncodeError):
        return reader.read_objects(text)


class _Composition:
    """One pass over a stream."""

    def __init__(self, text: str) -> None:
        self._next: Callable[[], Any] = CParser(text.encode()).get_event
        # A stream repeats its numbers and booleans, and above all its words.
        self._resolved: dict[str, object] = {}

    def documents(self) -> list[object]:
        """All documents.

        Raises:
            _Unusual: one of them is not plain.
        """
        found: list[object] = []
        while True:
            event = self._next()
            if event.__class__ is StreamEndEvent:
                return found
            if event.__class__ is DocumentStartEvent:
                found.append(self._node(self._next()))

    def _node(self, event: Any) -> object:
        kind = event.__class__
        if kind is ScalarEvent:
            return self._scalar(event)
        # An alias has no tag, and none of the kinds below.
        if kind is MappingStartEvent and event.anchor is None and event.tag is None:
            return self._mapping()
        if kind is SequenceStartEvent and event.anchor is None and event.tag is None:
            return self._sequence()
        raise _Unusual

    def _mapping(self) -> dict[str, object]:
        values: dict[str, object] = {}
        while True:
            event = self._next()
            if event.__class__ is MappingEndEvent:
                return values
            key = self._scalar(event) if event.__class__ is ScalarEvent else None
            if key.__class__ is not str or key in values or key == _MERGE:
                raise _Unusual
            values[key] = self._node(self._next())

    def _sequence(self) -> list[object]:
        values: list[object] = []
        while True:
            event = self._next()
            if event.__class__ is SequenceEndEvent:
                return values
            values.append(self._node(event))

    def _scalar(self, event: Any) -> object:
        if event.anchor is not None or event.tag is not None:
            raise _Unusual
        text: str = event.value
        if not event.implicit[0]:
            return text
        try:
            return self._resolved[text]
        except KeyError:
            value = scalars.resolve(text)
            if value.__class__ is float and not math.isfinite(value):
                raise _Unusual from None
            self._resolved[text] = value
            return value
