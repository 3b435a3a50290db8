"""Printing where values come from, for people and for programs."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, TextIO

from carrel.build.annotations import choices, description, kind, readers
from carrel.build.consumers import Consumer, shown_pattern
from carrel.diagnostics import dotted, visible
from carrel.explanation import Explanation, Provenance
from carrel.layers import Origin
from carrel.schema.hints import form, listed, types, written
from carrel.schema.keywords import ASSERTIONS
from carrel.schema.source import Node

FACTS = (*sorted(ASSERTIONS - {"required", "type"}), "default", "examples")
"""Keywords of the schema that the JSON form has under their own names, null where absent."""

_WIDTH = 96
_MOST_TEMPLATES = 3
_TEMPLATES = "chart/templates/"


@dataclass(frozen=True, slots=True)
class Uses:
    """Who uses a value.

    Attributes:
        chart: templates, None where they cannot be followed.
        generator: functions of the generator that name it.
    """

    chart: tuple[Consumer, ...] | None
    generator: tuple[Consumer, ...]


def report_values_text(values: Iterable[Provenance], stream: TextIO) -> None:
    """One line per value: layer, place, path and value."""
    _write(_value_lines(tuple(values)), stream)


def report_values_json(site: str, values: Iterable[Provenance], stream: TextIO) -> None:
    """One object with the site's name and its `values`."""
    _dump({"site": site, "values": [_entry(value) for value in values]}, stream)


def report_text(explanation: Explanation, uses: Uses, stream: TextIO) -> None:
    """Everything about one value, as paragraphs."""
    value = explanation.value
    _write([f"{dotted(value.path)}: {_summary(value)}", *_chain_lines(value)], stream)
    paragraphs = [
        list(_meaning_lines(explanation)),
        [f"  {line}" for line in _value_lines(explanation.below)],
        [f"  {line}" for line in _use_lines(uses.chart)],
        [f"  {line}" for line in _use_lines(uses.generator)],
        [f"  {line}" for line in _derivation_lines(explanation)],
    ]
    titles = ("", "values in it", "used in", "named in", "decides")
    for title, lines in zip(titles, paragraphs, strict=True):
        if lines:
            _write(["", *filter(None, [title]), *lines], stream)


def report_json(site: str, explanation: Explanation, uses: Uses, stream: TextIO) -> None:
    """Everything about one value as one object, whose keys are always there."""
    value, release = explanation.value, explanation.release
    _dump(
        {
            "site": site,
            **_entry(value),
            "chain": [
                {**_said(origin), "value": origin.value, "counts": value.is_map or position == 0}
                for position, origin in enumerate(value.chain)
            ],
            "values": [_entry(each) for each in explanation.below],
            "schema": _facts(explanation) if explanation.node is not None else None,
            "usedIn": None if uses.chart is None else [*map(_use, uses.chart)],
            "namedIn": [_named(consumer) for consumer in uses.generator],
            "decides": [
                {"what": each.what, "madeIn": each.made_in, "from": list(each.sources)}
                for each in explanation.derivations
            ],
            "release": None
            if release is None
            else {"name": release.name, "shard": release.shard, "file": release.file},
        },
        stream,
    )


def _write(lines: Iterable[str], stream: TextIO) -> None:
    stream.write("".join(f"{visible(line)}\n" for line in lines))


def _dump(entry: object, stream: TextIO) -> None:
    stream.write(json.dumps(entry, indent=2) + "\n")


def _entry(value: Provenance) -> dict[str, object]:
    """A value and the layer that counts."""
    said = _said(value.chain[0]) if value.chain else dict.fromkeys(_said(_NOBODY))
    return {"path": dotted(value.path), "state": value.state, "value": value.value, **said}


_NOBODY = Origin("", None, None)


def _said(origin: Origin) -> dict[str, object]:
    span = origin.span
    return {
        "layer": origin.layer,
        "file": span.file if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
    }


def _use(consumer: Consumer) -> dict[str, object]:
    return {**_named(consumer), "renders": list(consumer.rendered)}


def _named(consumer: Consumer) -> dict[str, object]:
    return {"file": consumer.file, "lines": list(consumer.lines)}


def _facts(explanation: Explanation) -> dict[str, object]:
    node = explanation.node or {}
    return {
        "description": description(node),
        "type": kind(node),
        **{keyword: node.get(keyword) for keyword in FACTS},
        "since": explanation.since or None,
        "scope": explanation.scope or None,
    }


def _flow(value: object) -> str:
    """A value on one line, in full, as it could be written."""
    if isinstance(value, str) and written(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _summary(value: Provenance) -> str:
    if value.state in ("deleted", "unset"):
        return {"deleted": "deleted by null", "unset": "not set"}[value.state]
    return _size(value.value) if value.is_map else _flow(value.value)


def _size(value: object) -> str:
    """How much a map holds, the whole of anything else."""
    if not isinstance(value, dict) or not value:
        return _flow(value)
    return f"a map of {len(value)} {'key' if len(value) == 1 else 'keys'}"


def _table(rows: Sequence[tuple[Origin | None, str]]) -> Iterator[str]:
    """Layer, place and a text, in columns."""
    places = [str(said.span) if said and said.span else "-" for said, _ in rows]
    layers = [said.layer if said else "-" for said, _ in rows]
    by_layer, by_place = (max(map(len, column), default=0) for column in (layers, places))
    for layer, place, (_, text) in zip(layers, places, rows, strict=True):
        yield f"{layer:{by_layer}}  {place:{by_place}}  {text}"


def _value_lines(values: Sequence[Provenance]) -> Iterator[str]:
    return _table(
        [
            (value.chain[0] if value.chain else None, f"{dotted(value.path)}: {_summary(value)}")
            for value in values
        ]
    )


def _chain_lines(value: Provenance) -> Iterator[str]:
    mark = "  <- counts" if value.chain and not value.is_map else ""
    rows = [
        (origin, _size(origin.value) + (mark if position == 0 else ""))
        for position, origin in enumerate(value.chain)
    ]
    return (f"  {line}" for line in _table(rows))


def _meaning_lines(explanation: Explanation) -> Iterator[str]:
    node = explanation.node
    if node is None:
        hint = f" ({explanation.hint})" if explanation.hint else ""
        yield f"The schema does not know this value{hint}."
        return
    yield from wrap(description(node), _WIDTH, break_long_words=False, break_on_hyphens=False)
    for title, text in _fact_texts(explanation, node):
        if text:
            yield f"  {title:9}{text}"


def _fact_texts(explanation: Explanation, node: Node) -> Iterator[tuple[str, str]]:
    yield "type", kind(node)
    yield "choices", listed(node["enum"]) if "enum" in node else _choices_below(node)
    yield "limits", _limits(node)
    yield "pattern", _pattern(node)
    yield "default", _flow(node["default"]) if "default" in node else ""
    yield "example", ", ".join(map(_flow, node.get("examples", ())))
    yield "since", explanation.since
    yield "read by", readers({"x-scope": explanation.scope})
    release = explanation.release
    if release is not None:
        why = "from the tenant's name and shards.count"
        yield "release", f"{release.name} ({release.file}), {why}"


def _choices_below(node: Node) -> str:
    """The choices for the entries of a map or the items of a list."""
    return choices(node) if {"array", "object"} & set(types(node)) else ""


def _limits(node: Node) -> str:
    """Bounds of a number, or of how long something is."""
    limits = (
        ("minimum", "{} or more"),
        ("exclusiveMinimum", "more than {}"),
        ("maximum", "{} or less"),
        ("multipleOf", "a multiple of {}"),
        ("minLength", "{} characters or more"),
        ("maxLength", "{} characters or less"),
        ("minItems", "{} items or more"),
        ("maxItems", "{} items or less"),
        ("minProperties", "{} keys or more"),
        ("maxProperties", "{} keys or less"),
    )
    return ", ".join(text.format(node[keyword]) for keyword, text in limits if keyword in node)


def _pattern(node: Node) -> str:
    pattern: Any = node.get("pattern", "")
    words = form(pattern)
    return f"{pattern} ({words})" if words else pattern


def _use_lines(consumers: Iterable[Consumer] | None) -> Iterator[str]:
    if consumers is None:
        yield "templates that cannot be followed"
        return
    for consumer in consumers:
        rendered = [each.removeprefix(_TEMPLATES) for each in consumer.rendered]
        more = len(rendered) - _MOST_TEMPLATES
        if more > 0:
            rendered[_MOST_TEMPLATES:] = [f"and {more} more"]
        place = f"{consumer.file}:{','.join(map(str, consumer.lines))}"
        yield f"{place} for {', '.join(rendered)}" if rendered else place


def _derivation_lines(explanation: Explanation) -> Iterator[str]:
    for each in explanation.derivations:
        yield f"{each.what}, by {each.made_in.removeprefix(_TEMPLATES)}"
        sources = ", ".join(shown_pattern(tuple(source.split("."))) for source in each.sources)
        yield from (f"  {line}" for line in wrap(f"from {sources}", _WIDTH - 4))
