"""Printing findings: for people, for programs, for GitHub's annotations and as SARIF."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TextIO, TypeAlias

from carrel.diagnostics import Diagnostic, Severity, has_errors, ordered, visible

Reporter: TypeAlias = Callable[[Iterable[Diagnostic], TextIO], None]

# SGR sequences of ECMA-48, which every terminal has.
_PLAIN, _BOLD = "\x1b[0m", "\x1b[1m"
_COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m"}

TEXT_LIMIT = 200
"""A person reads no more findings than this at once; programs get them all."""


def report_text(diagnostics: Iterable[Diagnostic], stream: TextIO, *, colour: bool = False) -> None:
    """One line per finding, sorted, then how many there are of each kind; nothing for nothing.

    Args:
        diagnostics: what was found; what is ignored is only counted.
        stream: where to print.
        colour: whether the terminal may show it in colours, which say nothing that words do not.
    """
    findings = ordered(diagnostics)
    if not findings:
        return
    told = [finding for finding in findings if not finding.ignored]
    lines = [_coloured(finding) if colour else finding.text() for finding in told[:TEXT_LIMIT]]
    if len(told) > TEXT_LIMIT:
        lines.append(f"… and {len(told) - TEXT_LIMIT} more")
    lines.append(_summary(told, len(findings) - len(told)))
    stream.write("".join(f"{line}\n" for line in lines))


def _coloured(finding: Diagnostic) -> str:
    """As `text`, with the place in bold and the label in the colour of its severity."""
    place = f"{_BOLD}{finding.place}:{_PLAIN} " if finding.span else ""
    label = f"{_COLOURS[finding.severity]}{finding.label}{_PLAIN}"
    return f"{place}{label} {visible(finding.sentence)}"


def _summary(told: Sequence[Diagnostic], ignored: int) -> str:
    errors = sum(finding.severity is Severity.ERROR for finding in told)
    counts = f"{_count(errors, 'error')}, {_count(len(told) - errors, 'warning')}"
    return f"{counts}, {ignored} ignored" if ignored else counts


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def report_json(diagnostics: Iterable[Diagnostic], stream: TextIO) -> None:
    """A JSON list with one object per finding; its place and `ignored` may be null."""
    entries = [
        {
            "code": finding.code,
            "name": finding.name,
            "severity": finding.severity.value,
            "message": finding.message,
            "path": finding.path,
            "hint": finding.hint,
            "file": finding.span.file if finding.span else None,
            "line": finding.span.line if finding.span else None,
            "column": finding.span.column if finding.span else None,
            "doc": finding.doc,
            "ignored": finding.ignored or None,
        }
        for finding in ordered(diagnostics)
    ]
    stream.write(json.dumps(entries, indent=2) + "\n")


def report_github(diagnostics: Iterable[Diagnostic], stream: TextIO) -> None:
    """Workflow commands that GitHub shows beside the lines of a pull request."""
    for finding in ordered(diagnostics):
        if finding.ignored:
            continue
        properties: dict[str, object] = {}
        if finding.span:
            span = finding.span
            properties = {"file": span.file, "line": span.line, "col": span.column}
        properties["title"] = f"{finding.code} {finding.name}"
        listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
        stream.write(f"::{finding.severity} {listed}::{_escaped(finding.sentence)}\n")


def _escaped(text: str) -> str:
    """The three characters that would end a workflow command early."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    """As `_escaped`, and the two that separate properties."""
    return _escaped(str(value)).replace(":", "%3A").replace(",", "%2C")


def report_sarif(diagnostics: Iterable[Diagnostic], stream: TextIO) -> None:
    """A SARIF log, also for no findings: it says that nothing was found."""
    from carrel.sarif import log

    stream.write(json.dumps(log(ordered(diagnostics)), indent=2) + "\n")


REPORTERS: Mapping[str, Reporter] = MappingProxyType(
    {
        "text": report_text,
        "json": report_json,
        "github": report_github,
        "sarif": report_sarif,
    }
)


def exit_code(diagnostics: Iterable[Diagnostic]) -> int:
    """1 when any finding is an error, else 0: warnings alone do not fail a command."""
    return 1 if has_errors(diagnostics) else 0
