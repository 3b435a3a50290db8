"""Findings in SARIF 2.1.0, which code hosts and editors show beside the lines they are about.

Source: Static Analysis Results Interchange Format Version 2.1.0, OASIS Standard, 27 March 2020.
"""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from carrel import __version__
from carrel.codes import CODES
from carrel.diagnostics import Diagnostic, Span
from carrel.set_values import FILE as COMMAND_LINE

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT = "PROJECT"


def log(findings: Sequence[Diagnostic]) -> dict[str, Any]:
    """A SARIF log with one run, and in it one result for each finding in their order."""
    rules = sorted({finding.code for finding in findings})
    driver = {"name": "carrel", "version": __version__, "rules": [_rule(code) for code in rules]}
    run = {
        "tool": {"driver": driver},
        # As our columns are counted.
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the project."}}},
        "results": [_result(finding, rules) for finding in findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> dict[str, Any]:
    known = CODES[code]
    return {
        "id": code,
        "name": known.name,
        "shortDescription": {"text": known.meaning},
        # helpUri has to be absolute, and the page is in the project.
        "help": {"text": f"See {known.doc}"},
        "defaultConfiguration": {"level": "warning" if code.startswith("W") else "error"},
    }


def _result(finding: Diagnostic, rules: Sequence[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rules.index(finding.code),
        "level": finding.severity.value,
        "message": {"text": finding.sentence},
        "properties": {"doc": finding.doc},
    }
    if finding.ignored:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.ignored}]
    location: dict[str, Any] = {}
    if finding.span is not None and finding.span.file != COMMAND_LINE:
        location["physicalLocation"] = _place(finding.span)
    if finding.path:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.path, "kind": "member"}]
    return {**result, "locations": [location]} if location else result


def _place(span: Span) -> dict[str, Any]:
    file = PurePosixPath(span.file)
    artifact = (
        {"uri": file.as_uri()}
        if file.is_absolute()
        else {"uri": quote(span.file), "uriBaseId": _ROOT}
    )
    region = {"startLine": span.line, "startColumn": span.column}
    return {"artifactLocation": artifact, "region": region}
