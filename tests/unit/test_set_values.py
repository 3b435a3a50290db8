"""`--set` as Helm understands it. tests/chart/test_values_merge.py asks Helm itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.diagnostics import Span, dotted
from carrel.layers import Layer
from carrel.set_values import parse


def assigned(*assignments: str) -> Layer:
    layer, diagnostics = parse(assignments)
    assert diagnostics == ()
    return layer


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a=1", {"a": 1}),
        ("a.b.c=x", {"a": {"b": {"c": "x"}}}),
        ("a=1,b=2,a=3", {"a": 3, "b": 2}),
        ("a=1,", {"a": 1}),
        ("a=", {"a": ""}),
        ("a=,b=1", {"a": "", "b": 1}),
        ("a=b=c", {"a": "b=c"}),
        ("a=x.y[0]", {"a": "x.y[0]"}),
        (r"a\.b=1", {"a.b": 1}),
        (r"a=x\,y,b=z", {"a": "x,y", "b": "z"}),
        (r"a=C:\\dir", {"a": r"C:\dir"}),
        ("a=\\", {"a": ""}),
        (r"a\=b=1", {"a=b": 1}),
        ("a={x,1,true}", {"a": ["x", 1, True]}),
        (r"a={x\,y,z},b=1", {"a": ["x,y", "z"], "b": 1}),
        ("a={}", {"a": [""]}),
        (r"a=\{x}", {"a": "{x}"}),
        ("a b= x ", {"a b": " x "}),
        ("ä=é", {"ä": "é"}),
    ],
)
def test_an_assignment_means_what_it_means_to_helm(text: str, values: dict[str, object]) -> None:
    assert assigned(text).values == values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True), ("TRUE", True), ("False", False), ("null", None), ("Null", None),
        ("0", 0), ("12", 12), ("-5", -5), ("+5", 5), ("-0", 0), ("-05", -5),
        ("9223372036854775807", 2**63 - 1), ("9223372036854775808", "9223372036854775808"),
        ("-9223372036854775808", -(2**63)), ("0123", "0123"), ("00", "00"), ("1.5", "1.5"),
        ("1e3", "1e3"), ("0x10", "0x10"), ("1_000", "1_000"), ("yes", "yes"), ("on", "on"),
        ("~", "~"), ("+", "+"), (" 1", " 1"), ("\u0661", "\u0661"),
    ],
)  # fmt: skip
def test_only_the_plainest_values_are_no_strings(text: str, value: object) -> None:
    got = assigned(f"a={text}").values["a"]
    assert (got, type(got)) == (value, type(value))


def test_a_later_option_wins() -> None:
    layer = assigned("a.b=1,a.c=2", "a.b=3")
    assert layer.values == {"a": {"b": 3, "c": 2}}
    assert layer.spans[("a", "b")] == Span("--set", 2, 5)


def test_every_part_has_its_place_in_the_option() -> None:
    layer = assigned("a.b=1,list={x,yy}")
    assert (layer.name, layer.file) == ("--set", "--set")
    assert {dotted(path): str(span) for path, span in layer.keys.items()} == {
        "a": "--set:1:1",
        "a.b": "--set:1:3",
        "list": "--set:1:7",
    }
    assert {dotted(path): str(span) for path, span in layer.spans.items()} == {
        "a": "--set:1:1",
        "a.b": "--set:1:5",
        "list": "--set:1:12",
        "list[0]": "--set:1:13",
        "list[1]": "--set:1:15",
    }


def test_places_of_what_is_replaced_are_forgotten() -> None:
    layer = assigned("a.b.c=1,l={x,y},a=2,l=3,ab=4")
    assert set(layer.spans) == set(layer.keys) == {("a",), ("l",), ("ab",)}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a", "1:1: error[E015] a has no value (write a=value)"),
        ("x=1,a.b", "1:5: error[E015] a.b has no value (write a.b=value)"),
        ("a,b=1", "1:1: error[E015] a has no value (write a=value)"),
        ("", "1:1: error[E015] nothing is assigned (write name=value)"),
        ("=1", "1:1: error[E015] a name is missing (write name=value)"),
        ("a..b=1", "1:3: error[E015] a name is missing (write name=value)"),
        ("a=1,,b=1", "1:5: error[E015] a name is missing (write name=value)"),
        ("a[0]=1", "1:2: error[E015] positions in lists are not supported"
         " (set the whole list with {a,b}, or write it in the site's file)"),
        ("a.b={x,y", "1:5: error[E015] this list is not closed (end it with })"),
        ("a={x}y", "1:6: error[E015] nothing can follow a list (put a comma before it)"),
        ("a=1,a.b=2", "1:5: error[E015] a is set to a value before this, so nothing can be"
         " below it"),
        ("a." * 31 + "a=1", "1:1: error[E015] a name has more than 30 levels"),
    ],
)  # fmt: skip
def test_what_helm_would_refuse_is_a_sentence(text: str, sentence: str) -> None:
    _, (diagnostic,) = parse([text])
    assert diagnostic.text() == f"--set:{sentence}"


def test_every_unclear_option_is_reported_and_the_others_count() -> None:
    layer, diagnostics = parse(["a", "b=1", "c"])
    assert [str(each.span) for each in diagnostics] == ["--set:1:1", "--set:3:1"]
    assert layer.values == {"b": 1}


@given(st.text(alphabet="ab=.,{}[]\\ 01"))
@settings(max_examples=500, deadline=None)
def test_no_option_makes_the_parser_fail(text: str) -> None:
    layer, diagnostics = parse([text])
    assert set(layer.keys) <= set(layer.spans)
    for diagnostic in diagnostics:
        assert diagnostic.span is not None
        assert 1 <= diagnostic.span.column <= len(text) + 1
