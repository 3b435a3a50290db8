"""Whatever site is valid, one mistake in it is one finding, at the place of the mistake."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.chart import corpus

from carrel.diagnostics import Path, Severity, Span
from carrel.layers import Layer, fold, lookup
from carrel.project import Project
from carrel.schema.bundle import Schema, load
from carrel.schema.layer_keys import OF_A_PLATFORM, OF_A_RELEASE
from carrel.schema.source import Node
from carrel.validation import validate
from carrel.yamlio import writer
from carrel.yamlio.reader import Document, read_values

FILE = "values/sites/probe/site.yaml"
SITE = {"site": {"name": "probe", "platform": "vanilla"}}


@dataclass(frozen=True)
class Mistake:
    """A text with one mistake, and what is to be said of it."""

    text: str
    code: str
    line: int
    column: int


@dataclass(frozen=True, repr=False)
class Known:
    """What the tests know, with a short name for failures.

    Attributes:
        schema: the project's.
        valid: documents that are valid by themselves, and with each other.
        examples: the example sites, named probe.
        errors: code and place of every error that a text has.
    """

    schema: Schema
    valid: list[dict[str, Any]]
    examples: list[str]
    errors: Callable[[str], list[tuple[str, Span | None]]]


@pytest.fixture(scope="module")
def known(project_root: FilePath, tmp_path_factory: pytest.TempPathFactory) -> Known:
    schema = load(project_root / "generator" / "schema")
    root = tmp_path_factory.mktemp("project")
    file = root / FILE
    file.parent.mkdir(parents=True)

    here = Project(root, project_root)

    def errors(text: str) -> list[tuple[str, Span | None]]:
        file.write_text(text, "utf-8")
        found = validate(here, "probe", (), schema)
        # E2 is what contradicts itself, which these sites may, but for names of files (E29).
        return [
            (each.code, each.span)
            for each in found
            if each.severity is Severity.ERROR and (each.code < "E2" or each.code >= "E29")
        ]

    examples = [
        (project_root / f"values/sites/{name}/site.yaml")
        .read_text()
        .replace(f"name: {name}", "name: probe")
        for name in ("lab", "campus", "vault")
    ]
    valid = [tree(each.text).values for each in corpus.documents(schema) if each.valid]
    return Known(schema, valid, examples, errors)


ELSEWHERE = (*OF_A_RELEASE, OF_A_PLATFORM)
"""Values that no site's file may have."""


def tree(text: str) -> Document:
    document, _ = read_values(text.encode(), FILE)
    assert document is not None, text
    return document


def some_site(known: Known, chance: random.Random) -> str:
    """A valid site: an example, or a few valid documents over one another."""
    if chance.random() < 0.3:
        return writer.write(tree(chance.choice(known.examples)).values)
    values = [SITE, *chance.sample(known.valid, chance.randint(2, 12))]
    folded = fold([Layer("site", "", each, {}, {}) for each in values])
    own = {key: each for key, each in folded.items() if key not in ELSEWHERE}
    return writer.write(own)


def places(known: Known, document: Document) -> list[tuple[Path, Node, Node]]:
    """Keys that the schema names, with the schema of the value and of the map around it."""
    found = []
    for path in document.keys:
        node, around = known.schema.at(path), known.schema.at(path[:-1])
        if node and around and path[0] not in ("site", "platform"):
            around = known.schema.effective(around)
            if path[-1] in around.get("properties", {}):
                found.append((path, node, around))
    return found


def is_needed(known: Known, path: Path, around: Node) -> bool:
    """Whether something is missing where a key is not written."""
    if lookup(known.schema.defaults(), path)[0] == len(path):
        return False
    fixed = corpus.is_fixed(known.schema, path[:-1])
    return path[-1] in corpus.lacking(known.schema, around, fixed)


def renamed(known: Known, text: str, chance: random.Random) -> Mistake | None:
    """A key that nobody knows."""
    document = tree(text)
    paths = [
        path for path, _, around in places(known, document) if not is_needed(known, path, around)
    ]
    if not paths:
        return None
    path = chance.choice(paths)
    key, span = str(path[-1]), document.keys[path]
    at = offset(text, span)
    at += text[at] in "'\""
    letter = chance.randrange(len(key))
    wrong = f"{text[: at + letter]}Q{text[at + letter :]}"
    return Mistake(wrong, "E101", span.line, span.column)


def retyped(known: Known, text: str, chance: random.Random) -> Mistake | None:
    """A value of another type."""
    document = tree(text)
    paths = [
        path
        for path, node, _ in places(known, document)
        if not isinstance(get(document.values, path), dict | list)
        and not {"object", "null"} & {*corpus.types_of(node)}
    ]
    if not paths:
        return None
    path = chance.choice(paths)
    span = document.spans[path]
    lines = text.splitlines(keepends=True)
    lines[span.line - 1] = f"{lines[span.line - 1][: span.column - 1]}{{odd: 1}}\n"
    while span.line < len(lines) and is_below(lines[span.line], document.keys[path].column - 1):
        del lines[span.line]
    return Mistake("".join(lines), "E103", span.line, span.column)


def dropped(known: Known, text: str, chance: random.Random) -> Mistake | None:
    """A map without a key that it needs."""
    values = tree(text).values
    paths = [
        path for path, _, around in places(known, tree(text)) if is_needed(known, path, around)
    ]
    if not paths:
        return None
    path = chance.choice(paths)
    del get(values, path[:-1])[path[-1]]
    wrong = writer.write(values)
    after = tree(wrong)
    place = after.keys.get(path[:-1]) or after.spans[path[:-1]]
    return Mistake(wrong, "E102", place.line, place.column)


def doubled(known: Known, text: str, chance: random.Random) -> Mistake | None:
    """A key that is there twice."""
    del known
    document = tree(text)
    lines = text.splitlines(keepends=True)
    spans = [
        span
        for span in document.keys.values()
        if not lines[span.line - 1][: span.column - 1].strip()
    ]
    span = chance.choice(spans)
    end = span.line
    while end < len(lines) and is_below(lines[end], span.column - 1):
        end += 1
    block = lines[span.line - 1 : end]
    return Mistake("".join(lines[:end] + block + lines[end:]), "E008", end + 1, span.column)


def is_below(line: str, column: int) -> bool:
    """Whether a line belongs to the key in a column of a line above."""
    return not line.strip() or len(line) - len(line.lstrip(" ")) > column


def get(values: Any, path: Path) -> Any:
    for step in path:
        values = values[step]
    return values


def offset(text: str, span: Span) -> int:
    lines = text.splitlines(keepends=True)
    return sum(map(len, lines[: span.line - 1])) + span.column - 1


@pytest.mark.parametrize("mistake", [renamed, retyped, dropped, doubled])
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_one_mistake_is_one_finding_at_its_place(
    known: Known,
    mistake: Callable[[Known, str, random.Random], Mistake | None],
    seed: int,
) -> None:
    chance = random.Random(seed)  # noqa: S311
    text = some_site(known, chance)
    assert known.errors(text) == []
    made = mistake(known, text, chance)
    if made is None:
        return

    found = known.errors(made.text)

    assert found == [(made.code, Span(FILE, made.line, made.column))], made.text
