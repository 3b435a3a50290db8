"""A file of values brought up to date with the values that were renamed and removed."""

from collections.abc import Iterable

from carrel.deprecations import Deprecation, changes
from carrel.diagnostics import Diagnostic, Severity, Span, dotted, has_errors
from carrel.yamlio.edit import Refused, edit
from carrel.yamlio.reader import read_values


def migrated(
    data: bytes, file: str, deprecations: Iterable[Deprecation]
) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """The content of a file in which nothing is written that is gone.

    Every other line is as before, byte for byte.

    Args:
        data: the content.
        file: the path that diagnostics name.
        deprecations: the list, the oldest first.

    Returns:
        The new content, and why there is none: the file is no YAML, or a key has to be changed by
        hand. Then the content is the old one.
    """
    document, found = read_values(data, file)
    if document is None or has_errors(found):
        return data, found
    result = data
    for each in deprecations:
        wanted = changes(document.values, each)
        if not wanted:
            continue
        try:
            result = edit(result, wanted)
        except Refused as refusal:
            span = Span(file, _line_before(data, result, refusal.line), refusal.column)
            where = dotted(refusal.path)
            return data, (Diagnostic("E113", Severity.ERROR, refusal.message, span, where),)
        document, _ = read_values(result, file)
        if document is None:
            break
    return result, ()


def _line_before(before: bytes, now: bytes, line: int) -> int:
    """Where a line of the text as it is now stood in the user's file, as near as can be said."""
    lines = now.splitlines()
    if before == now or line > len(lines):
        return line
    old = before.splitlines()
    same = [number for number, text in enumerate(old, 1) if text == lines[line - 1]]
    return min(same or [min(line, len(old))], key=lambda number: abs(number - line))
