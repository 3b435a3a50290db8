"""What people, programs and GitHub get to see."""

import io
import json
import re
from dataclasses import replace

import pytest

from carrel.diagnostics import Diagnostic, Severity, Span
from carrel.reporters import REPORTERS, exit_code, report_text

ERROR = Diagnostic(
    "E008", Severity.ERROR, "the key is there", Span("a,b:c.yaml", 4, 3), "gpu.pools", "keep one"
)
WARNING = Diagnostic("W001", Severity.WARNING, "100% empty\nreally")


def report(form: str, *diagnostics: Diagnostic) -> str:
    stream = io.StringIO()
    REPORTERS[form](diagnostics, stream)
    return stream.getvalue()


def test_people_get_a_line_each_and_a_count() -> None:
    assert report("text", ERROR, WARNING, ERROR) == (
        "warning[W001] 100% empty\\nreally\n"
        "a,b:c.yaml:4:3: error[E008] gpu.pools: the key is there (keep one)\n"
        "1 error, 1 warning\n"
    )


def test_people_get_nothing_for_nothing() -> None:
    assert report("text") == ""


@pytest.mark.parametrize(
    ("count", "more"), [(200, ""), (201, "… and 1 more\n"), (999, "… and 799 more\n")]
)
def test_people_get_no_more_than_they_can_read(count: int, more: str) -> None:
    many = [Diagnostic("E007", Severity.ERROR, "x", Span("f", line, 1)) for line in range(count)]
    text = report("text", *many)
    assert text.count("error[E007]") == 200
    assert text.endswith(f"f:199:1: error[E007] x\n{more}{count} errors, 0 warnings\n")


def test_colours_say_nothing_that_words_do_not() -> None:
    stream = io.StringIO()
    hostile = Diagnostic("E008", Severity.ERROR, "\x1b[2J", Span("error[E008] \x1b.yaml", 1, 1))

    report_text([ERROR, WARNING, hostile], stream, colour=True)

    coloured = stream.getvalue()
    assert "\x1b[1;31merror[E008]\x1b[0m gpu.pools: the key" in coloured
    assert "\x1b[1;33mwarning[W001]\x1b[0m 100% empty" in coloured
    plain = re.sub("\x1b\\[(?:0|1|1;31|1;33)m", "", coloured)
    assert plain == report("text", ERROR, WARNING, hostile)
    assert "\x1b" not in plain


def test_what_is_ignored_is_counted_for_people_and_kept_for_programs() -> None:
    ignored = replace(WARNING, ignored="a trial")

    assert report("text", ERROR, ignored).endswith("\n1 error, 0 warnings, 1 ignored\n")
    assert report("text", ignored) == "0 errors, 0 warnings, 1 ignored\n"
    assert [entry["ignored"] for entry in json.loads(report("json", ERROR, ignored))] == [
        "a trial",
        None,
    ]
    assert report("github", ERROR, ignored).count("::error") == 1
    assert "warning" not in report("github", ERROR, ignored)


def test_programs_get_everything_as_data() -> None:
    assert json.loads(report("json", ERROR, WARNING)) == [
        {
            "code": "W001",
            "name": "empty-file",
            "severity": "warning",
            "message": "100% empty\nreally",
            "path": "",
            "hint": "",
            "file": None,
            "line": None,
            "column": None,
            "doc": "docs/errors.md#w001-empty-file",
            "ignored": None,
        },
        {
            "code": "E008",
            "name": "duplicate-key",
            "severity": "error",
            "message": "the key is there",
            "path": "gpu.pools",
            "hint": "keep one",
            "file": "a,b:c.yaml",
            "line": 4,
            "column": 3,
            "doc": "docs/errors.md#e008-duplicate-key",
            "ignored": None,
        },
    ]
    assert json.loads(report("json")) == []
    many = [Diagnostic("E007", Severity.ERROR, "x", Span("f", line, 1)) for line in range(999)]
    assert len(json.loads(report("json", *many))) == 999


def test_github_gets_annotations_that_no_text_can_break() -> None:
    assert report("github", ERROR, WARNING) == (
        "::warning title=W001 empty-file::100%25 empty%0Areally\n"
        "::error file=a%2Cb%3Ac.yaml,line=4,col=3,title=E008 duplicate-key::"
        "gpu.pools: the key is there (keep one)\n"
    )
    assert report("github") == ""


def annotation(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as GitHub's runner reads it: name, properties, message."""
    match = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
    assert match is not None, line
    pairs = (pair.partition("=") for pair in match[2].split(","))
    properties = {name: plain(value, {"3A": ":", "2C": ","}) for name, _, value in pairs}
    return match[1], properties, plain(match[3], {})


def plain(text: str, more: dict[str, str]) -> str:
    """A text with what the runner unescapes."""
    escapes = {"25": "%", "0D": "\r", "0A": "\n", **more}
    return re.sub(r"%(25|0D|0A|3A|2C)", lambda found: escapes.get(found[1], found[0]), text)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("a.yaml", "plain"),
        ("a,line=9::b%2C.yaml", "100% of ::error file=x::y\r\nnext, %0A literally"),
        ("é %25.yaml", "%3A%2C:,"),
    ],
)
def test_github_reads_back_what_was_found(file: str, message: str) -> None:
    found = Diagnostic("E008", Severity.ERROR, message, Span(file, 4, 3), "gpu.pools", "keep one")

    (line,) = report("github", found).splitlines()

    properties = {"file": file, "line": "4", "col": "3", "title": "E008 duplicate-key"}
    assert annotation(line) == ("error", properties, f"gpu.pools: {message} (keep one)")


def test_only_errors_fail_a_command() -> None:
    assert exit_code([]) == 0
    assert exit_code([WARNING]) == 0
    assert exit_code([WARNING, ERROR]) == 1
