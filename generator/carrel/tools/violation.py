"""Reading the list of JSON schema violations that both Helm and kubeconform print.

Both use the same Go library. It nests: an entry that only introduces deeper ones ("validation
failed") says nothing itself.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ENTRY = re.compile(r"^( *)- at '(.*?)': (.*)$")


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One reason why a document is invalid.

    Attributes:
        path: JSON pointer into the document, empty for the document itself.
        message: what is wrong there.
    """

    path: str
    message: str

    @property
    def keys(self) -> tuple[str | int, ...]:
        """The path in parts; digits alone are taken for a position in a list."""
        parts = (part.replace("~1", "/").replace("~0", "~") for part in self.path.split("/")[1:])
        return tuple(int(part) if part.isdecimal() else part for part in parts)


def innermost(lines: Iterable[str]) -> tuple[Violation, ...]:
    """The entries among `lines` that introduce no deeper one, sorted, each once.

    Sorted because the library walks maps, whose order is another one each time.
    """
    found: set[Violation] = set()
    pending: tuple[int, Violation] | None = None
    for entry in filter(None, map(_ENTRY.match, lines)):
        depth, violation = len(entry[1]), Violation(entry[2], entry[3].strip())
        if pending is not None and pending[0] >= depth:
            found.add(pending[1])
        pending = depth, violation
    if pending is not None:
        found.add(pending[1])
    return tuple(sorted(found))
