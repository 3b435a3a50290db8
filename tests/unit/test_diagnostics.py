"""Findings as data, and the registry of their codes."""

import itertools
import re

import pytest

from carrel.codes import CODES
from carrel.diagnostics import Diagnostic, Path, Severity, Span, dotted, has_errors, ordered

AREAS = dict(enumerate(("read", "shape", "meaning", "template", "objects", "cluster")))


def error(message: str, span: Span | None = None, code: str = "E007") -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, span)


def test_a_finding_is_one_line_with_everything_known() -> None:
    span = Span("values/sites/lab/site.yaml", 4, 3)
    full = Diagnostic("E008", Severity.ERROR, "twice", span, "gpu.pools", "keep one")
    assert full.text() == "values/sites/lab/site.yaml:4:3: error[E008] gpu.pools: twice (keep one)"
    assert full.name == "duplicate-key"
    bare = Diagnostic("W001", Severity.WARNING, "no values")
    assert bare.text() == "warning[W001] no values"


def test_a_finding_cannot_act_on_the_terminal() -> None:
    text = error("a\x1b[31m\nb\x9b\u202e", Span("evil\r.yaml", 1, 1)).text()
    assert text == r"evil\r.yaml:1:1: error[E007] a\x1b[31m\nb\x9b\u202e"


def test_an_unknown_code_is_a_bug() -> None:
    with pytest.raises(ValueError, match="E999 is not in"):
        Diagnostic("E999", Severity.ERROR, "x")


@pytest.mark.parametrize(("code", "severity"), [("E007", "warning"), ("W001", "error")])
def test_a_code_has_one_severity(code: str, severity: str) -> None:
    with pytest.raises(ValueError, match=f"{code} cannot be of severity {severity}"):
        Diagnostic(code, Severity(severity), "x")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("site", "name"), "site.name"),
        (("tenants", "ml-team", "members", "a.b@x"), 'tenants.ml-team.members["a.b@x"]'),
        (("a", 0, "b", 12), "a[0].b[12]"),
        (("", 'say "x"', "back\\slash"), r'[""]["say \"x\""]["back\\slash"]'),
        (("a b", "é"), '["a b"]["é"]'),
    ],
)
def test_a_path_is_written_with_dots(path: Path, text: str) -> None:
    assert dotted(path) == text


def test_findings_are_sorted_by_place_and_told_once() -> None:
    expected = (
        error("no place"),
        error("x", Span("a.yaml", 2, 9), "E007"),
        error("x", Span("a.yaml", 2, 9), "E008"),
        error("x", Span("a.yaml", 2, 10)),
        error("x", Span("a.yaml", 10, 1)),
        error("x", Span("b.yaml", 1, 1)),
    )
    for shuffled in itertools.islice(itertools.permutations(expected), 0, None, 37):
        assert ordered([*shuffled, shuffled[0]]) == expected


def test_warnings_are_no_errors() -> None:
    warning = Diagnostic("W001", Severity.WARNING, "x")
    assert not has_errors([warning])
    assert has_errors([warning, error("x")])


def test_codes_are_numbered_by_area() -> None:
    for key, code in CODES.items():
        assert key == code.code
        assert re.fullmatch(r"[EW][0-5]\d\d", key)
        assert code.area == AREAS[int(key[1])]


def test_codes_are_in_order_within_their_area() -> None:
    keys = [(key[1], key[0], key) for key in CODES]
    assert keys == sorted(keys)


def test_every_code_has_its_own_name_and_a_sentence() -> None:
    names = [code.name for code in CODES.values()]
    assert [name for name in names if names.count(name) > 1] == []
    for code in CODES.values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code.name), code
        assert code.meaning.endswith("."), code
