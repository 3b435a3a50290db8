"""How much a text becomes when its aliases are followed, and where that ends."""

from dataclasses import dataclass
from typing import NamedTuple

from carrel.diagnostics import Path
from carrel.yamlio.findings import Finding, Unreadable
from carrel.yamlio.positions import Mark, Place

MAX_DEPTH = 100
"""Levels of mappings and lists. A schema of Kubernetes' deepest type needs some 40."""

MAX_VALUES = 400_000
"""Keys and values in one document, those that aliases repeat included."""


class Anchored(NamedTuple):
    """A node that aliases may repeat.

    Attributes:
        value: what it holds.
        place: where it stands.
        size: keys and values in it, itself included.
        height: levels of mappings and lists in it.
    """

    value: object
    place: Place
    size: int
    height: int


@dataclass(slots=True)
class Expansion:
    """What was read of a document so far, with every alias followed.

    Attributes:
        visited: keys and values, and one for the document itself, as go-yaml counts.
        by_alias: those among them that an alias repeats.
        deepest: the deepest level reached.
        anchors: the nodes with an anchor; None for one that is not read to its end.
    """

    visited: int
    by_alias: int
    deepest: int
    anchors: dict[str, Anchored | None]

    def refuse_size(self, mark: Mark) -> None:
        """Raises `Unreadable` when there is more than anyone means to write."""
        if self.visited > MAX_VALUES:
            raise Unreadable(Finding("E003", f"there are more than {MAX_VALUES} values", mark))

    def descend(self, depth: int, mark: Mark) -> None:
        """Enter a level; raises `Unreadable` when that is too deep."""
        if depth > self.deepest:
            self.deepest = depth
            if depth > MAX_DEPTH:
                message = f"values are nested more than {MAX_DEPTH} levels deep"
                raise Unreadable(Finding("E011", message, mark))

    def follow(self, anchor: str, depth: int, mark: Mark, path: Path) -> Anchored:
        """The node that an alias repeats.

        Raises:
            Unreadable: there is no such anchor, the node contains the alias, or too much is
                repeated.
        """
        if anchor not in self.anchors:
            message = f"there is no anchor &{anchor} before this"
            hint = "put a text that starts with * in quotes"
            raise Unreadable(Finding("E007", message, mark, path, hint))
        anchored = self.anchors[anchor]
        if anchored is None:
            message = f"the value of &{anchor} would contain itself"
            raise Unreadable(Finding("E012", message, mark, path, "write it out"))
        self.visited += 1 + anchored.size
        self.by_alias += anchored.size
        if self.visited > MAX_VALUES or self._is_mostly_alias():
            message = "aliases repeat too much of this file"
            raise Unreadable(Finding("E012", message, mark, path, "write it out"))
        self.descend(depth + anchored.height, mark)
        return anchored

    def _is_mostly_alias(self) -> bool:
        """Go-yaml's rule, and so Helm's, for as many values as we allow (decode.go)."""
        visited, by_alias = self.visited, self.by_alias
        return by_alias > 100 and visited > 1000 and by_alias > 0.99 * visited
