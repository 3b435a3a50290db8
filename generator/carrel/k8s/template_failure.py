"""Why Helm rendered nothing, said where the user can do something about it."""

from collections.abc import Iterator

from carrel.diagnostics import Diagnostic, Path, Severity, Span, dotted
from carrel.k8s.objects import in_repository
from carrel.layers import Resolved
from carrel.tools.helm_failure import TemplateError, parse_failure


def explain(stderr: str, resolved: Resolved) -> tuple[Diagnostic, ...]:
    """What Helm says, each sentence at the value behind it, else at the line of the template.

    Args:
        stderr: all that Helm said.
        resolved: the values, which know where they were written.
    """
    error = parse_failure(stderr)
    template = None
    if error.template is not None:
        template = Span(in_repository(error.template), error.line or 1, error.column or 1)
    return tuple(
        _diagnostic(sentence, values, template, resolved)
        for sentence, values in _sentences(error, resolved)
    )


def _sentences(error: TemplateError, resolved: Resolved) -> Iterator[tuple[str, list[Path]]]:
    """Each sentence with the values that it is about.

    The chart fails once, with a line for each thing that is wrong; each begins with its value.
    """
    values = [path for named in error.value_paths if (path := _known(named, resolved))]
    lines = error.message.splitlines()
    starts = [line.partition(": ")[0] for line in lines]
    if len(lines) > 1 and set(starts) <= {dotted(path) for path in values}:
        for line, start in zip(lines, starts, strict=True):
            yield line, [path for path in values if dotted(path) == start]
    else:
        yield " ".join(error.message.split()), values


def _diagnostic(
    sentence: str, values: list[Path], template: Span | None, resolved: Resolved
) -> Diagnostic:
    written = [(path, span) for path in values if (span := resolved.span(path)) is not None]
    if not written:
        return Diagnostic("E301", Severity.ERROR, sentence, template)
    (path, span), *others = written
    hints = [f"raised by {template}"] if template is not None else []
    hints += [f"see also {dotted(other)} at {where}" for other, where in others]
    sentence = sentence.removeprefix(f"{dotted(path)}: ")
    return Diagnostic("E301", Severity.ERROR, sentence, span, dotted(path), "; ".join(hints))


def _known(named: str, resolved: Resolved) -> Path:
    """The path that a dotted name means, as far as there are such values."""
    value: object = resolved.values
    steps: list[str] = []
    for step in named.split("."):
        if not isinstance(value, dict) or step not in value:
            break
        value = value[step]
        steps.append(step)
    return tuple(steps)
