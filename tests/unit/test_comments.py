"""A comment for Carrel is found where YAML sees a comment, and nowhere else."""

import pytest

from carrel.yamlio.positions import column_of, line_of
from carrel.yamlio.reader import read_values


def found(text: str) -> list[tuple[str, int, int, int]]:
    """Text, line, column, and the line that it is about, of each comment."""
    document, diagnostics = read_values(text.encode(), "f")
    assert document is not None, diagnostics
    return [
        (each.text, line_of(each.mark), column_of(each.mark), each.line)
        for each in document.comments
    ]


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        ("a: 1 # carrel: x y\n", ("x y", 1, 6, 1)),
        ("a: 1\t#carrel:x\n", ("x", 1, 6, 1)),
        ("# carrel: x\n\n# else\na: 1\n", ("x", 1, 1, 4)),
        ("a:\n  # carrel: x  \n  b: 1\n", ("x", 2, 3, 3)),
        ("a: 1\r\n# carrel: x\r\nb: 1\r\n", ("x", 2, 1, 3)),
        ("\ufeffa: é # carrel: x\n", ("x", 1, 6, 1)),
        ("a: |  # carrel: x\n  text\n", ("x", 1, 7, 1)),
        ("a: [1, # carrel: x\n  2]\n", ("x", 1, 8, 1)),
        ("a: >+\n  text\n\n# carrel: x\nb: 1\n", ("x", 4, 1, 5)),
        ("a:\n- b\n# carrel: x\n", ("x", 3, 1, 1)),
        ("# carrel: x\n", ("x", 1, 1, 1)),
        ("# carrel:", ("", 1, 1, 1)),
        ("a: 1 # carrel: x # carrel: y\n", ("x # carrel: y", 1, 6, 1)),
    ],
)
def test_it_is_about_its_line_or_the_next_that_holds_something(
    text: str, comment: tuple[str, int, int, int]
) -> None:
    assert found(text) == [comment]


@pytest.mark.parametrize(
    "text",
    [
        "a: 'x # carrel: x'\n",
        'a: "x\n  # carrel: x"\n',
        "a: |\n  # carrel: x\n",
        "a: |-\n  text\n  # carrel: x\n\n  text\n",
        "a: x#carrel:x\n",
        "'# carrel: x': 1\n",
        "a: 1 # as carrel: x\n",
        "a: 1 # carrel x\n",
    ],
)
def test_text_and_other_comments_are_none(text: str) -> None:
    assert found(text) == []


def test_any_number_of_them_is_found() -> None:
    text = "".join(f"k{number}: 'a # carrel: no' # carrel: x\n" for number in range(5000))

    assert [line for _, _, _, line in found(text)] == [*range(1, 5001)]
