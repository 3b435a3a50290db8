"""Rendered YAML is read fast and means what the careful reader says."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.k8s.documents import read_documents
from carrel.yamlio import reader, writer

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"])),
)
VALUES = st.recursive(
    SCALARS,
    lambda below: st.lists(below) | st.dictionaries(st.text(max_size=8), below),
    max_leaves=12,
)
LINES = st.lists(
    st.sampled_from(
        [
            *("a: b", "a: 1", "1: a", "true: a", "yes", "- a", "- - b", "a: &x {b: c}", "d: *x"),
            *("<<: {a: b}", "a: !!str 1", "! a: b", "---", "...", "# c", "a: |", "  b", "{", "[a,"),
            *("a: 0x1F", "b: 010", "c: 1e3", "d: .inf", "e: ~", "f: '1'", 'g: "\\t"', "? a", ": b"),
            *("%YAML 1.1", "a: 1e400", "b: 18446744073709551616", "\ta: b", "a: b: c", ""),
        ]
    ),
    max_size=6,
).map("\n".join)


def both(text: str) -> tuple[object, object]:
    """What is read here, and what the careful reader says; a refusal is its sentence."""
    answers = []
    for read in (read_documents, reader.read_objects):
        try:
            answers.append(json.dumps(read(text)))
        except reader.Malformed as error:
            answers.append(f"refused: {error}")
    return answers[0], answers[1]


@given(st.lists(VALUES, max_size=3))
@settings(deadline=None)
def test_what_our_writer_writes_is_read_alike(documents: list[object]) -> None:
    text = "".join(f"---\n{writer.write(document)}" for document in documents)

    assert read_documents(text) == documents
    assert reader.read_objects(text) == documents


@given(LINES)
@settings(deadline=None, max_examples=500)
def test_what_people_write_is_read_alike(text: str) -> None:
    here, there = both(text)

    assert here == there


@pytest.mark.parametrize(
    "text",
    [
        "a: &x {b: c}\nd: *x\n",
        "a: {<<: {b: c}, d: e}\n",
        "a: !!str 1\n",
        "a: b\na: c\n",
        "a: .inf\n",
        "a: [b\n",
        "1: a\n",
        "[" * 5000,
        "a: \udc80\n",
        "",
        "---\n---\na: b\n",
    ],
)
def test_what_is_not_plain_is_left_to_the_careful_reader(text: str) -> None:
    here, there = both(text)

    assert here == there


def test_strings_that_readers_mistake_are_read_alike(project_root: Path) -> None:
    strings = json.loads((project_root / "tests/fixtures/nasty_strings.json").read_text())

    for string in strings:
        here, there = both(f"a: {string}\n")
        assert here == there, string
