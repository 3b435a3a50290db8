"""SARIF says what was found and where, in the structure that its standard prescribes."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from carrel.codes import CODES
from carrel.diagnostics import Diagnostic, Severity, Span
from carrel.reporters import REPORTERS

ERROR = Diagnostic(
    "E008", Severity.ERROR, "the key is there", Span("a é%.yaml", 4, 3), "gpu.pools", "keep one"
)
WARNING = Diagnostic("W001", Severity.WARNING, "no values")


@pytest.fixture(scope="module")
def structure(project_root: Path) -> Draft7Validator:
    """The standard's rules for what Carrel writes."""
    text = (project_root / "tests/fixtures/sarif/structure.json").read_text("utf-8")
    return Draft7Validator(json.loads(text))


def report(*diagnostics: Diagnostic) -> dict[str, Any]:
    stream = io.StringIO()
    REPORTERS["sarif"](diagnostics, stream)
    return dict(json.loads(stream.getvalue()))


def test_every_code_is_reported_in_the_standard_s_structure(structure: Draft7Validator) -> None:
    found = [
        Diagnostic(
            code,
            Severity.WARNING if code.startswith("W") else Severity.ERROR,
            "wrong",
            Span(f"values/{code}.yaml", number, 1),
        )
        for number, code in enumerate(CODES, start=1)
    ]

    for log in (report(), report(ERROR, WARNING), report(*found)):
        assert [error.message for error in structure.iter_errors(log)] == []
    assert len(report(*found)["runs"][0]["results"]) == len(CODES)


def test_a_log_without_findings_says_that_it_ran() -> None:
    (run,) = report()["runs"]

    assert run["results"] == []
    assert run["tool"]["driver"]["name"] == "carrel"


def test_a_result_leads_to_its_rule_and_its_place() -> None:
    (run,) = report(ERROR, WARNING)["runs"]
    warning, error = run["results"]
    rules = run["tool"]["driver"]["rules"]

    assert [rules[each["ruleIndex"]]["id"] for each in (warning, error)] == ["W001", "E008"]
    assert rules[error["ruleIndex"]]["name"] == "duplicate-key"
    assert rules[error["ruleIndex"]]["help"]["text"] == "See docs/errors.md#e008-duplicate-key"
    assert (warning["level"], error["level"]) == ("warning", "error")
    assert error["message"]["text"] == "gpu.pools: the key is there (keep one)"
    assert error["properties"]["doc"] == "docs/errors.md#e008-duplicate-key"
    (location,) = error["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20%C3%A9%25.yaml", "uriBaseId": "PROJECT"},
        "region": {"startLine": 4, "startColumn": 3},
    }
    assert "locations" not in warning


def test_what_is_ignored_is_suppressed_with_its_reason(structure: Draft7Validator) -> None:
    log = report(replace(WARNING, ignored="a trial"), ERROR)

    assert [error.message for error in structure.iter_errors(log)] == []
    suppressed, told = log["runs"][0]["results"]
    assert suppressed["suppressions"] == [{"kind": "inSource", "justification": "a trial"}]
    assert "suppressions" not in told


def test_a_place_outside_of_the_project_is_absolute_and_the_command_line_is_none() -> None:
    outside = Diagnostic("E007", Severity.ERROR, "x", Span("/srv/a b.yaml", 1, 1))
    option = Diagnostic("E101", Severity.ERROR, "x", Span("--set", 1, 1), "crds.on")
    by_option, by_file = report(outside, option)["runs"][0]["results"]

    assert by_option["locations"] == [
        {"logicalLocations": [{"fullyQualifiedName": "crds.on", "kind": "member"}]}
    ]
    place = by_file["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "file:///srv/a%20b.yaml"}
