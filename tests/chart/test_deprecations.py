"""_lib/deprecations.tpl: values of former days get the same sentence from Helm and from Carrel."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from carrel.build.deprecations import deprecations_json
from carrel.build.values_schema import values_schema
from carrel.deprecations import Deprecation, findings
from carrel.diagnostics import Severity
from carrel.layers import Layer
from carrel.migration import migrated
from carrel.schema.bundle import Schema, load
from carrel.schema.tombstones import for_chart
from carrel.tools.helm import Helm
from carrel.yamlio import writer
from carrel.yamlio.reader import read_values

if TYPE_CHECKING:
    from tests.chart.conftest import Chart

Said = Callable[..., list[str]]

OFFERS = {
    "jupyter-scipy": {"offer": True},
    "jupyter-pytorch": {"offer": False},
    "jupyter-tensorflow": {"offer": "hidden"},
}
GROUP = {"title": "GPU", "tolerations": [{"key": "a"}, {"keyName": "b"}, {"keyName": "c"}]}

CASES: dict[str, dict[str, Any]] = {
    "rename": {"notebooks": {"idleStop": {"enabled": False, "after": [1, {"h": 2.5}]}}},
    "rename of null": {"loginName": None},
    "move into another block": {"oldLogin": {"user": "ada@example.com"}},
    "removal": {"oldLogin": {"groups": [{"a": 1}]}},
    "removal that was announced before": {"kubernetes": {"flavour": "k3s"}},
    "rename with values that are written otherwise": {"notebooks": {"images": OFFERS}},
    "value that is written otherwise": {"gateway": {"tls": {"mode": "plain"}}},
    "rename in a list": {"notebooks": {"tolerationGroups": {"gpu": GROUP}}},
    "rename of what was renamed": {"loginUser": "ada@example.com"},
    "removal of what was renamed": {"images": {"mirror": "r.example"}},
    "rename of what is needed": {
        "tenants": {
            "a": {"head": "a@b.c", "plan": "standard"},
            "b": {"chief": "a@b.c", "plan": "standard"},
        }
    },
    "what is announced beside what is gone": {
        "loginUser": "ada@example.com",
        "images": {"layout": "path"},
    },
}
EVERYTHING: dict[str, Any] = {
    "notebooks": {
        "idleStop": {"enabled": False},
        "images": {"jupyter-scipy": {"offer": True}, "jupyter-pytorch": {"offer": False}},
        "tolerationGroups": {"gpu": GROUP},
    },
    "oldLogin": {"user": "ada@example.com", "groups": []},
    "kubernetes": {"flavour": "k3s"},
    "gateway": {"tls": {"mode": "plain"}},
    "images": {"mirror": "r.example", "proxy": "r.example"},
    "tenants": {"a": {"head": "a@b.c", "plan": "standard"}},
}


@pytest.fixture(scope="module")
def schema(project_root: Path) -> Schema:
    return load(project_root / "generator" / "schema")


@pytest.fixture
def old_chart(chart_copy: Path, schema: Schema, past: tuple[Deprecation, ...]) -> Path:
    """The chart as `carrel gen` makes it where the list is that of tests/fixtures."""
    (chart_copy / "files/deprecations.json").write_text(deprecations_json(past, schema))
    (chart_copy / "values.schema.json").write_text(values_schema(for_chart(schema, past)))
    return chart_copy


@pytest.fixture
def said(past: tuple[Deprecation, ...]) -> Said:
    """What `carrel validate` says of values, without place and code."""

    def said(values: dict[str, Any], severity: Severity = Severity.ERROR) -> list[str]:
        document, found = read_values(json.dumps(values).encode(), "site.yaml")
        assert document is not None, found
        layer = Layer("site", "site.yaml", document.values, document.keys, document.spans)
        return sorted(
            f"{each.path}: {each.message}"
            for each in findings([layer], past)
            if each.severity is severity
        )

    return said


@pytest.mark.parametrize("name", CASES)
def test_helm_refuses_with_the_sentences_of_validate(
    chart: "Chart", helm: Helm, old_chart: Path, said: Said, name: str
) -> None:
    lines = said(CASES[name])

    assert lines
    refusal = chart.refusal("", CASES[name], helm=helm, chart=old_chart)
    assert sorted(refusal.splitlines()) == lines


def test_everything_is_said_at_once_and_what_is_migrated_renders(
    chart: "Chart", helm: Helm, old_chart: Path, said: Said, past: tuple[Deprecation, ...]
) -> None:
    after, refused = migrated(writer.write(EVERYTHING).encode(), "site.yaml", past)
    document, _ = read_values(after, "site.yaml")
    assert refused == ()
    assert document is not None

    for scope in ("platform", "tenants"):
        refusal = chart.refusal("", EVERYTHING, helm=helm, chart=old_chart, scope=scope)
        assert sorted(refusal.splitlines()) == said(EVERYTHING)
        chart.render("", document.values, helm=helm, chart=old_chart, scope=scope)
    assert len(said(EVERYTHING)) == 12


@pytest.mark.parametrize(
    "values", [{"gateway": {"tls": {"mode": "plane"}}}, {"loginUsers": "a"}, {"oldLogin": {"x": 1}}]
)
def test_whatever_else_is_wrong_the_schema_refuses(
    chart: "Chart", helm: Helm, old_chart: Path, said: Said, values: dict[str, Any]
) -> None:
    assert said(values) == []
    refusal = chart.refusal("", values, helm=helm, chart=old_chart)
    assert "renamed" not in refusal
    assert "removed" not in refusal


def test_what_is_announced_works_and_the_notes_warn_of_it(
    old_chart: Path, said: Said, notes: Callable[..., str], schema: Schema
) -> None:
    size = {"largestSize": "medium", **schema.defaults()["plans"]["standard"]}
    values = {"images": {"layout": "path"}, "plans": {"big": size, "standard": {}}}
    expected = [f"WARNING {line}" for line in said(values, Severity.WARNING)]
    assert len(expected) == 2

    of_platform = notes(values, folder=old_chart).splitlines()
    of_tenants = notes(
        {"scope": "tenants", **values}, folder=old_chart, release="carrel-tenants-00"
    ).splitlines()
    for lines in (of_platform, of_tenants):
        assert sorted(each for each in lines if "it goes in" in each) == expected


def test_nothing_is_announced_of_a_value_that_nobody_wrote(
    old_chart: Path, notes: Callable[..., str]
) -> None:
    assert "it goes in" not in notes({}, folder=old_chart)
