"""Documents of one key or item a line mean what the careful reader says, or are left to it."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.k8s.block_style import BlockStyle, Unusual
from carrel.yamlio import reader, writer

KEYS = st.sampled_from(["a", "b", "example.com/c", "d-e", "null", "1", '"f g"', "'h'", "<<", "on"])
SCALARS = st.sampled_from(
    [
        *("", "x", "1", "0x1F", "1e3", "010", ".inf", "~", "no", '"1"', "'a: b'", '"\\t"', '""'),
        *("a b", "a  b", "a: b", "a #b", "a#b", "a:b", "a:", "-1", "- 1", "-", "--x", "!t x"),
        *("&x y", "*x", "|", ">-", "[]", "{}", "[a, {b: 1}]", "[a", "{a: 1} # c", "[a] b"),
        *("x # c", "ä", "<<", "@x", "`x", "%x", "?", "? x", "=", "x\t", "x\r", "'it''s'", "a, b]"),
        *("$(X)", "http://x:1/y"),
    ]
)
LINES = st.builds(
    lambda indent, dashes, key, value: " " * indent + "- " * dashes + key + value,
    st.integers(0, 5),
    st.sampled_from([0, 0, 0, 1, 1, 2]),
    st.one_of(st.just(""), KEYS.map("{}: ".format), KEYS.map("{}:".format)),
    SCALARS,
)
KEPT_KEYS = st.text("abc/.:-")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text("ab: -#\"'{[&*", max_size=6),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(KEPT_KEYS, below, max_size=3),
    max_leaves=12,
)


def agrees(text: str) -> bool:
    """Whether it is read here; then as the careful reader does."""
    with contextlib.suppress(Unusual):
        here = BlockStyle().read(text)
        assert repr([here]) == repr(reader.read_objects(f"---\n{text}"))
        return True
    return False


@given(st.lists(LINES, max_size=7).map("\n".join))
@settings(deadline=None, max_examples=500)
def test_any_lines_mean_the_same(text: str) -> None:
    agrees(text)


@given(st.dictionaries(st.sampled_from("abcdef"), VALUES, min_size=1))
@settings(deadline=None)
def test_what_our_writer_writes_means_the_same(value: dict[str, object]) -> None:
    agrees(writer.write(value))


@pytest.mark.parametrize(
    "text",
    [
        "a: b\nc:\n  d: 1\n  e:\n    f: true\ng: null\n",
        "a:\n- b\n- c: d\n  e:\n  - f\n  - - g\n    - h\ni: j\n",
        "a:\n  - b: {c: [1, two]}\n    d:\n  - e\nf: []\n",
        "# c\n\na: x\n  # c\nb: 'y'\n",
        "",
        "# nothing\n",
        "- a: b\n- c\n",
    ],
)
def test_plain_documents_are_read(text: str) -> None:
    assert agrees(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: |\n  b\n",
        "a: b\n  c\n",
        "a: b\n  - c\n",
        "a: &x b\n",
        "a: [b,\n  c]\n",
        "a: b # c\n",
        "a: b\na: c\n",
        " a: b\n",
        "a:\n    b: c\n  d: e\n",
        "a: b\n---\nc: d\n",
        "a: b\n...\n",
        "a: .nan\n",
        "on: a\n",
        "a: 'b\n  c'\n",
        "\ta: b\n",
        "a: ü\n",
        "plain\n",
        "a:\nb\n",
        "a: b\n- c\n",
        "- a\nb: c\n",
    ],
)
def test_everything_else_is_left_to_others(text: str) -> None:
    with pytest.raises(Unusual):
        BlockStyle().read(text)


def test_a_line_means_the_same_in_every_document() -> None:
    style = BlockStyle()

    assert style.read("a:\n  b: c\n") == {"a": {"b": "c"}}
    assert style.read("d:\n  b: c\n") == {"d": {"b": "c"}}
