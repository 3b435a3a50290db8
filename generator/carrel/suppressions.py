"""Warnings that a comment in the user's file accepts, with the reason.

`# carrel: ignore W203: reached by a port-forward only` at the end of a line is about that line, and
on a line of its own about the next one. Errors cannot be ignored: Helm or the cluster would refuse
the same.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from carrel.codes import CODES, Area
from carrel.diagnostics import Diagnostic, Severity, Span, has_errors, ordered
from carrel.yamlio.comments import Comment
from carrel.yamlio.positions import span_of

_FORM = re.compile(r"ignore[ \t]+([EW]\d{3}(?:[ \t]*,[ \t]*[EW]\d{3})*)[ \t]*:[ \t]*(\S.*)")
_EXAMPLE = "write `# carrel: ignore W203: the reason`"


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that accepts warnings.

    Attributes:
        codes: of the warnings.
        reason: why, in the user's words.
        line: the line on which they are expected, from 1.
        span: where the comment is.
        shared: whether the file belongs to several sites, of which one says nothing about all.
    """

    codes: tuple[str, ...]
    reason: str
    line: int
    span: Span
    shared: bool = False


def parse(
    comments: Iterable[Comment], file: str, *, shared: bool = False
) -> tuple[tuple[Suppression, ...], tuple[Diagnostic, ...]]:
    """The suppressions in a file, and the comments that are none although they should be.

    Args:
        comments: those that are addressed to Carrel.
        file: the path that positions name.
        shared: whether the file belongs to several sites.
    """
    suppressions: list[Suppression] = []
    found: list[Diagnostic] = []
    for comment in comments:
        span = span_of(comment.mark, file)
        match = _FORM.fullmatch(comment.text)
        codes = tuple(re.split(r"[ \t]*,[ \t]*", match[1])) if match else ()
        problem, hint = _problem(codes)
        if match is None:
            problem, hint = (
                "this comment is addressed to Carrel and says nothing it knows",
                _EXAMPLE,
            )
        if problem:
            found.append(Diagnostic("E018", Severity.ERROR, problem, span, "", hint))
        elif match is not None:
            suppressions.append(Suppression(codes, match[2], comment.line, span, shared))
    return tuple(suppressions), tuple(found)


def _problem(codes: Iterable[str]) -> tuple[str, str]:
    """Why findings of these codes cannot be ignored, and what to do; nothing where they can."""
    for code in codes:
        if code not in CODES:
            return f"there is no finding {code}", "write the code of the warning that is printed"
        if not code.startswith("W"):
            return f"{code} is an error and cannot be ignored", "mend it; Helm would refuse it too"
    return "", ""


def apply(
    found: Iterable[Diagnostic],
    suppressions: Sequence[Suppression],
    looked_for: Collection[Area],
) -> tuple[Diagnostic, ...]:
    """The findings, with the reason on those that are ignored, and suppressions of nothing.

    Args:
        found: everything that was found.
        suppressions: those of the files that it was found in.
        looked_for: the areas that were checked to their end; without errors, that is.
    """
    by_place = {
        (each.span.file, each.line, code): each for each in suppressions for code in each.codes
    }
    judged = []
    used: set[tuple[Suppression, str]] = set()
    for finding in found:
        span = finding.span
        match = by_place.get((span.file, span.line, finding.code)) if span else None
        if match is not None:
            used.add((match, finding.code))
            finding = replace(finding, ignored=match.reason)
        judged.append(finding)
    if not has_errors(judged):
        judged += _idle(suppressions, used, looked_for)
    return ordered(judged)


def _idle(
    suppressions: Iterable[Suppression],
    used: Collection[tuple[Suppression, str]],
    looked_for: Collection[Area],
) -> Iterator[Diagnostic]:
    for suppression in suppressions:
        for code in () if suppression.shared else suppression.codes:
            if (suppression, code) in used or CODES[code].area not in looked_for:
                continue
            message = f"there is no {code} on line {suppression.line} to ignore"
            yield Diagnostic("W005", Severity.WARNING, message, suppression.span, "", "remove it")
