"""What is wrong with a text, said before it is known for whom it is read."""

from typing import NamedTuple

from carrel.diagnostics import Path
from carrel.yamlio.positions import Mark


class Finding(NamedTuple):
    """One mistake in a text.

    Attributes:
        code: a code of the area "read".
        message: a sentence without a full stop.
        mark: where.
        path: the value concerned.
        hint: what to write instead.
    """

    code: str
    message: str
    mark: Mark
    path: Path = ()
    hint: str = ""


class Unreadable(Exception):
    """The text cannot be read to its end.

    Attributes:
        finding: why.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding
