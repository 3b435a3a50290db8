"""Reading what Helm says when it refuses to render."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from carrel.diagnostics import Path, dotted
from carrel.tools.violation import innermost

_ERROR = re.compile(r"^Error: ", re.MULTILINE)
_HINT = "Use --debug flag to render out invalid YAML"
_SCHEMA = "values don't meet the specifications of the schema(s) in the following chart(s):\n"

_REFUSED = re.compile(r"execution error at \((\S+?):(\d+):(\d+)\): *(.*)", re.DOTALL)
"""`fail` and `required`. Inside an include, Helm names only the outermost template."""

_FRAME = re.compile(r'(?:template: )?(\S+?):(\d+):(\d+):? executing "[^"]*" at <(.*?)>: ')
"""One template of a stack. Helm 4 breaks the line where Helm 3 has a blank."""

_SYNTAX = re.compile(r"parse error at \((\S+?):(\d+)\): (.*)", re.DOTALL)
_OUTPUT = re.compile(
    r"YAML parse error on (\S+): "
    r"(?:error converting YAML to JSON: |error unmarshaling JSON: while decoding JSON: )?"
    r"(?:yaml: )?(.*)",
    re.DOTALL,
)
_VALUE = re.compile(r"\.Values((?:\.\w+)+)")
_NAMED_VALUE = re.compile(r'^([A-Za-z]\w*(?:\.[\w-]+|\["[^"\n]+"\]|\[\d+\])*): ', re.MULTILINE)
"""Carrel's own sentences begin with the value that they are about."""

_CHART = re.compile(r"^(\S+):$", re.MULTILINE)
_ADDED_OR_MISSING = re.compile(r"(additional|missing) propert(?:y|ies) (.*)")
_QUOTED = re.compile(r"'(.*?)'(?=,| not allowed|$)")


@dataclass(frozen=True, slots=True)
class TemplateError:
    """Why Helm rendered nothing.

    Attributes:
        template: the file as Helm names it, `carrel/templates/…`; None when none is to blame.
        line: in the template, from 1; None when Helm does not say.
        column: in the template, from 1, counted in bytes; None when Helm does not say.
        message: what is wrong, without the place.
        value_paths: the values involved, such as `gateway.host`, each once, as
            `carrel.diagnostics.dotted` writes them.
    """

    template: str | None
    line: int | None
    column: int | None
    message: str
    value_paths: tuple[str, ...]


def parse_failure(stderr: str, *, chart: str = "carrel") -> TemplateError:
    """Read the standard error of a failed `helm template`, of Helm 3.18 to 4.2.

    Args:
        stderr: all that Helm wrote.
        chart: the name of the chart; a schema violation of another one is in its subchart, whose
            values are below its name.
    """
    start = _ERROR.search(stderr)
    text = stderr[start.end() if start else 0 :].replace(_HINT, "").strip()
    if text.startswith(_SCHEMA):
        return _schema_violations(text.removeprefix(_SCHEMA), chart)
    if refused := _REFUSED.match(text):
        template, line, column, message = refused.groups()
        return TemplateError(
            template,
            int(line),
            _column(column),
            message.strip(),
            _unique(_NAMED_VALUE.findall(message)),
        )
    flat = " ".join(text.split())
    if frames := list(_FRAME.finditer(flat)):
        return _stack(frames, flat[frames[-1].end() :])
    if syntax := _SYNTAX.match(text):
        return TemplateError(syntax[1], int(syntax[2]), None, syntax[3], ())
    if output := _OUTPUT.match(text):
        message = f"what it renders is not a Kubernetes object: {output[2]}"
        return TemplateError(output[1], None, None, message, ())
    return TemplateError(None, None, None, text or "Helm failed and said nothing", ())


def _stack(frames: list[re.Match[str]], message: str) -> TemplateError:
    """The error of the innermost template that is a file; `gotpl` is a string given to `tpl`."""
    files = [frame for frame in frames if frame[1] != "gotpl"] or frames
    values = (path[1:] for frame in frames for path in _VALUE.findall(frame[4]))
    template, line, column, _ = files[-1].groups()
    return TemplateError(template, int(line), _column(column), message, _unique(values))


def _column(text: str) -> int:
    """Go's templates count columns from 0."""
    return int(text) + 1


def _schema_violations(text: str, chart: str) -> TemplateError:
    """All violations in one sentence, those of subcharts too."""
    found = [pair for name, lines in _by_chart(text) for pair in _named(name, chart, lines)]
    message = "; ".join(f"{path or 'the values'}: {problem}" for path, problem in sorted(found))
    return TemplateError(
        None, None, None, message, _unique(path for path, _ in sorted(found) if path)
    )


def _by_chart(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each chart that Helm lists, with the lines about it."""
    _, *blocks = _CHART.split(text)
    for name, block in zip(blocks[::2], blocks[1::2], strict=True):
        yield name, block.splitlines()


def _named(name: str, chart: str, lines: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs of value path and problem; a key that is missing or too much is part of the path."""
    prefix: Path = () if name == chart else (name,)
    for violation in innermost(lines):
        path = prefix + violation.keys
        if listed := _ADDED_OR_MISSING.match(violation.message):
            problem = "is not known" if listed[1] == "additional" else "is missing"
            for key in _QUOTED.findall(listed[2]):
                yield dotted((*path, key)), problem
        else:
            yield dotted(path), violation.message


def _unique(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(paths))
