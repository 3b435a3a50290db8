"""A declaration that would not mean what it seems to is refused."""

from pathlib import Path

import pytest
from tests.parity.declaration import Line, Matches, parse_identity, parse_path, read_declaration

from carrel.diagnostics import dotted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("added: {core/Secret/a/b: One., core/Secret/a/b: Two.}", "is there twice"),
        ("objects: {core/Secret/a/b: equal}", "means nothing here"),
        ("objects: {core/Secret/a/b: {droped: Reason.}}", "means nothing here"),
        ("everywhere: [{reason: Reason., theirs: {kind: a}}]", "means nothing here"),
        ("everywhere: [{reason: Reason., ours: {'labels[app': a}}]", "is no path from"),
    ],
)
def test_a_slip_of_the_pen_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / "web.yaml"
    file.write_text(text)

    with pytest.raises(ValueError, match=expected):
        read_declaration(file, {})


@pytest.mark.parametrize("text", ["apps/Deployment/kubeflow/web", "core/Namespace/-/kubeflow"])
def test_an_identity_is_written_as_findings_show_it(text: str) -> None:
    assert str(parse_identity(text)) == text


@pytest.mark.parametrize(
    "text", ["spec.ports.80.name", 'labels["a.b/c"]', "spec.rules[0].from", 'data["a.yaml"].b']
)
def test_a_path_is_written_as_findings_show_it(text: str) -> None:
    assert dotted(parse_path(text)) == text


@pytest.mark.parametrize(
    ("declared", "value", "fits"),
    [
        (1, 1, True),
        (1, True, False),
        ("1", 1, False),
        (["b", "a"], ["a", "b"], True),
        (["a"], ["a", "b"], False),
        (Matches("a.*"), "a\nb", True),
        (Matches("a"), "ab", False),
        (Matches("1"), 1, False),
    ],
)
def test_a_line_says_one_value_or_one_form(declared: object, value: object, fits: bool) -> None:
    assert Line(("spec", "*", "b"), declared).says(("spec", "a", "b"), value) is fits


def test_a_star_is_one_step_of_a_path() -> None:
    line = Line(("spec", "*", "b"), 1)

    assert not line.says(("spec", "b"), 1)
    assert not line.says(("spec", "a", "a", "b"), 1)


def test_the_order_of_arguments_means_something() -> None:
    assert not Line(("argv",), ["b", "a"]).says(("argv",), ["a", "b"])
