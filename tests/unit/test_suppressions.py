"""A comment accepts a warning where it stands, with a reason, and nothing else."""

import pytest

from carrel.codes import Area
from carrel.diagnostics import Diagnostic, Severity, Span
from carrel.suppressions import Suppression, apply, parse
from carrel.yamlio.reader import read_values

AREAS: tuple[Area, ...] = ("read", "shape", "meaning")


def parsed(text: str, *, shared: bool = False) -> tuple[list[Suppression], list[str]]:
    document, diagnostics = read_values(text.encode(), "f.yaml")
    assert document is not None, diagnostics
    suppressions, found = parse(document.comments, "f.yaml", shared=shared)
    return [*suppressions], [each.text() for each in found]


def warning(line: int, code: str = "W203", file: str = "f.yaml") -> Diagnostic:
    return Diagnostic(code, Severity.WARNING, "clear text", Span(file, line, 7))


def texts(*found: Diagnostic) -> list[str]:
    return [each.text() for each in found if not each.ignored]


@pytest.mark.parametrize(
    ("comment", "codes", "reason"),
    [
        (
            "ignore W203: reached by a port-forward only",
            ("W203",),
            "reached by a port-forward only",
        ),
        ("ignore  W203 , W202:a trial: of mine", ("W203", "W202"), "a trial: of mine"),
    ],
)
def test_codes_and_a_reason_are_read(comment: str, codes: tuple[str, ...], reason: str) -> None:
    (suppression,), found = parsed(f"a: 1 # carrel: {comment}\n")

    assert (suppression.codes, suppression.reason, suppression.line) == (codes, reason, 1)
    assert found == []


NOTHING_KNOWN = (
    "this comment is addressed to Carrel and says nothing it knows "
    "(write `# carrel: ignore W203: the reason`)"
)


@pytest.mark.parametrize(
    ("comment", "sentence"),
    [
        ("ignore W203", NOTHING_KNOWN),
        ("ignore W203:", NOTHING_KNOWN),
        ("ignore: a reason", NOTHING_KNOWN),
        ("ingore W203: a reason", NOTHING_KNOWN),
        ("ignore w203: a reason", NOTHING_KNOWN),
        ("", NOTHING_KNOWN),
        (
            "ignore W999: a reason",
            "there is no finding W999 (write the code of the warning that is printed)",
        ),
        (
            "ignore W203, E101: a reason",
            "E101 is an error and cannot be ignored (mend it; Helm would refuse it too)",
        ),
    ],
)
def test_what_cannot_be_meant_is_an_error_at_the_comment(comment: str, sentence: str) -> None:
    assert parsed(f"a: 1 # carrel: {comment}\n") == ([], [f"f.yaml:1:6: error[E018] {sentence}"])


def test_the_reason_stays_with_the_finding() -> None:
    suppressions, _ = parsed("a: 1\nb: 2 # carrel: ignore W203: known\n")

    found = apply([warning(2), warning(1), warning(2, "W202")], suppressions, AREAS)

    assert [(each.code, each.ignored) for each in found] == [
        ("W203", ""),
        ("W202", ""),
        ("W203", "known"),
    ]


def test_another_file_is_not_meant() -> None:
    suppressions, _ = parsed("b: 2 # carrel: ignore W203: known\n")

    found = apply([warning(1, file="other.yaml")], suppressions, ())

    assert texts(*found) == ["other.yaml:1:7: warning[W203] clear text"]


def test_a_suppression_of_nothing_is_found_where_it_was_looked_for() -> None:
    suppressions, _ = parsed("a: 1\nb: 2 # carrel: ignore W203, W420: known\n")
    idle = "f.yaml:2:6: warning[W005] there is no {} on line 2 to ignore (remove it)"

    assert texts(*apply([], suppressions, ())) == []
    assert texts(*apply([], suppressions, AREAS)) == [idle.format("W203")]
    assert texts(*apply([warning(2)], suppressions, AREAS)) == []
    assert texts(*apply([warning(2)], suppressions, (*AREAS, "objects"))) == [idle.format("W420")]


def test_nothing_is_said_of_it_while_errors_hide_what_there_is() -> None:
    suppressions, _ = parsed("b: 2 # carrel: ignore W203: known\n")
    error = Diagnostic("E101", Severity.ERROR, "unknown key", Span("f.yaml", 1, 1))

    assert apply([error], suppressions, AREAS) == (error,)


def test_nothing_is_said_of_it_in_a_file_of_several_sites() -> None:
    suppressions, _ = parsed("b: 2 # carrel: ignore W203: known\n", shared=True)

    assert apply([], suppressions, AREAS) == ()
    assert texts(*apply([warning(1)], suppressions, AREAS)) == []
