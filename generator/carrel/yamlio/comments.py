"""Comments that are addressed to Carrel, and the lines that they are about."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from carrel.yamlio.positions import Mark, mark_of
from carrel.yamlio.source_text import Node, SourceText

ADDRESS = "carrel:"
"""What such a comment begins with."""

# It ends behind the address, for the first one on a line may stand in a text before another.
_COMMENT = re.compile(rf"(?:^|(?<=[ \t]))#[ \t]*{ADDRESS}(?=([^\r\n]*))", re.MULTILINE)
_HOLDS_SOMETHING = re.compile(r"^[ \t]*[^ \t\r\n#]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that begins with `ADDRESS`.

    Attributes:
        text: what follows the address, without blanks around it.
        mark: where the comment begins.
        line: the line that it is about, from 1: its own, or the next one that holds something when
            it stands alone on its line. Where none follows it is about the file, which is line 1.
    """

    text: str
    mark: Mark
    line: int


def addressed(text: str) -> tuple[Comment, ...]:
    """The comments of a text that are addressed to Carrel, in their order.

    Args:
        text: a document that the reader reads without an error, without a byte order mark.
    """
    # Hardly any file has one, and the places of all scalars take longer to find than its values.
    if not _COMMENT.search(text):
        return ()
    source = SourceText(text)
    scalars = sorted(_scalars(source, source.root))
    starts = [start for start, _ in scalars]
    found: list[Comment] = []
    end = 0
    for match in _COMMENT.finditer(text):
        index = match.start()
        before = bisect_right(starts, index) - 1
        if index < end or (before >= 0 and index < scalars[before][1]):
            continue
        end = match.end(1)
        line, column = source.position(index)
        about = line
        if source.starts_line(index):
            following = _HOLDS_SOMETHING.search(text, source.line_end(index))
            about = source.position(following.end() - 1)[0] if following else 1
        found.append(Comment(match[1].strip(), mark_of(line - 1, column - 1), about))
    return tuple(found)


def _scalars(source: SourceText, node: Node) -> Iterator[tuple[int, int]]:
    """Start and end of every text in which # is a character like any other."""
    for entry in node.entries or ():
        yield from _scalars(source, entry.key)
        yield from _scalars(source, entry.value)
    for item in node.items or ():
        yield from _scalars(source, item)
    if node.entries is None and node.items is None and node.start < node.end:
        # Behind the mark of a block there may be a comment.
        start = source.line_end(node.start) if node.style in ("|", ">") else node.start
        yield start, node.end
