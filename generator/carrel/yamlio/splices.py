"""From changes to the places of a text that have to be replaced, and by what."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from carrel.diagnostics import Path, dotted
from carrel.yamlio import removal
from carrel.yamlio.edit import KEPT, Change, Refused
from carrel.yamlio.removal import Splice
from carrel.yamlio.source_text import Entry, Node, SourceText
from carrel.yamlio.transplant import Lifted, Tree, block_text, flow_text, lift, scalar_text

_OTHER_BREAKS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of a path: the collection it leads into, and the entry there if it is a mapping."""

    node: Node
    entry: Entry | None


@dataclass(slots=True)
class _Touched:
    """A mapping that loses or gains entries.

    Attributes:
        node: the mapping.
        holder: the step that leads to it, None for the whole document.
        removed: indices of entries that go.
        tree: what comes.
        path: where it is.
    """

    node: Node
    holder: _Step | None
    path: Path
    removed: set[int] = field(default_factory=set)
    tree: Tree = field(default_factory=dict)

    @property
    def entries(self) -> list[Entry]:
        """Its entries."""
        return self.node.entries or []

    @property
    def is_emptied(self) -> bool:
        """Whether nothing is left in it."""
        return len(self.removed) == len(self.entries) and not self.tree


def spliced(text: str, changes: Sequence[Change]) -> str:
    """The text with the changes made.

    Raises:
        Refused: a key is not written where its path says, or its new place is taken.
    """
    plan = _Plan(SourceText(text))
    odd = _OTHER_BREAKS.search(text)
    if odd is not None:
        message = "the file has line breaks other than LF and CRLF; save it with LF"
        raise plan.refused(odd.start(), changes[0].path, message)
    for change in changes:
        plan.add(change)
    for change in changes:
        plan.prune(change)
    parts, index = [], 0
    for start, _, end, replacement in sorted(plan.splices()):
        parts += [text[index:start], replacement]
        index = max(end, index)
    return "".join([*parts, text[index:]])


class _Plan:
    """What is to happen to one text."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self._in_place: list[Splice] = []
        self._touched: dict[Path, _Touched] = {}
        self._leaving: set[Path] = set()

    def refused(self, index: int, path: Path, message: str) -> Refused:
        """The exception for a path that a place of the text is in the way of."""
        return Refused(*self._source.position(index), path, message)

    def add(self, change: Change) -> None:
        """Plan one change, but for what it leaves empty."""
        chain = self._chain(change.path)
        mapping, entry = chain[-1].node, chain[-1].entry
        if entry is None:
            raise self.refused(mapping.start, change.path, "an item of a list has no key")
        if change.value is not KEPT and not entry.value.bare:
            message = "the value has an anchor (&), an alias (*) or a tag (!); change it by hand"
            raise self.refused(entry.value.start, change.path, message)
        value = None
        if change.value is not KEPT:
            value = scalar_text(change.value, entry.value, in_flow=mapping.flow)
        if change.to is not None and change.to[:-1] == change.path[:-1]:
            self._refuse_taken(change.to, change, entry, mapping)
            name = change.to[-1] if change.to != change.path else None
            self._change_in_place(entry, name, value, flow=mapping.flow)
            return
        touched = self._touch(change.path[:-1], chain)
        number = touched.entries.index(entry)
        touched.removed.add(number)
        self._leaving.add(change.path)
        if change.to is not None:
            floor = touched.entries[number - 1].value.end if number else 0
            name = str(change.to[-1])
            flow = mapping.flow
            moving = lift(self._source, entry, flow=flow, floor=floor, name=name, value=value)
            self._insert(change.to, change, entry, moving)

    def prune(self, change: Change) -> None:
        """Plan the removal of what a change leaves empty. Every change has to be added before."""
        for length in range(len(change.path) - 1, change.kept, -1):
            touched = self._touched.get(change.path[:length])
            if touched is None or not touched.is_emptied or touched.holder is None:
                return
            entry = touched.holder.entry
            if entry is None:
                return
            above = self._touch(change.path[: length - 1], self._chain(change.path[:length]))
            above.removed.add(above.entries.index(entry))
            del self._touched[change.path[:length]]

    def splices(self) -> list[Splice]:
        """What is to be replaced: start, place among splices of the same start, end, by what."""
        found = list(self._in_place)
        for touched in self._touched.values():
            for length in range(1, len(touched.path) + 1):
                if touched.path[:length] in self._leaving:
                    message = f"{dotted(touched.path)} changes its place itself; do it by hand"
                    raise self.refused(touched.node.start, touched.path, message)
            found += self._of(touched)
        return found

    def _of(self, touched: _Touched) -> list[Splice]:
        source, node = self._source, touched.node
        if node.flow:
            text = flow_text(touched.tree)
            if text is None:
                message = "comments and blocks have no place in brackets; write it without { }"
                raise self.refused(node.start, touched.path, message)
            found = removal.from_flow(source, node, touched.removed, text)
        else:
            column = source.column(touched.entries[0].key.start)
            text = block_text(touched.tree, column, source.newline)
            holder = touched.holder.entry if touched.holder else None
            found = removal.from_block(
                source, node, touched.removed, text, holder, is_root=touched.holder is None
            )
        if found is None:
            message = "this is written in a way that only a person can change"
            raise self.refused(node.start, touched.path, message)
        return found

    def _change_in_place(
        self, entry: Entry, name: str | int | None, value: str | None, *, flow: bool
    ) -> None:
        if name is not None:
            text = scalar_text(name, entry.key, in_flow=flow)
            self._in_place.append((entry.key.start, 0, entry.key.end, text))
        if value is not None:
            start, end = entry.value.start, entry.value.end
            if start == end:
                value = f" {value}" if entry.colon >= 0 else f": {value}"
            self._in_place.append((start, 1, end, value))

    def _insert(self, to: Path, change: Change, entry: Entry, moving: Lifted) -> None:
        """Plan that an entry arrives, with the mappings around it that are not there yet."""
        node, reached = self._source.root, 0
        chain: list[_Step] = []
        for step in to[:-1]:
            below = self._below(node, step)
            if below is None:
                break
            chain.append(_Step(node, below if isinstance(below, Entry) else None))
            node = below.value if isinstance(below, Entry) else below
            reached += 1
        if node.entries is None or any(isinstance(step, int) for step in to[reached:]):
            message = f"its new place is {dotted(to)}, and {dotted(to[:reached])} is no map here"
            raise self.refused(entry.key.start, change.path, message)
        tree = self._touch(to[:reached], [*chain, _Step(node, None)]).tree
        self._refuse_taken(to, change, entry, node if reached == len(to) - 1 else None)
        for step in to[reached:-1]:
            below_tree = tree.setdefault(str(step), {})
            if isinstance(below_tree, Lifted):
                raise self._taken(to, change, entry)
            tree = below_tree
        if to[-1] in tree:
            raise self._taken(to, change, entry)
        tree[str(to[-1])] = moving

    def _refuse_taken(self, to: Path, change: Change, entry: Entry, mapping: Node | None) -> None:
        """Raise when the new key is in the mapping already."""
        present = mapping.entries if mapping is not None and to != change.path else None
        if any(each.name == to[-1] for each in present or ()):
            raise self._taken(to, change, entry)

    def _taken(self, to: Path, change: Change, entry: Entry) -> Refused:
        message = f"{dotted(to)} is set as well; keep one of the two"
        return self.refused(entry.key.start, change.path, message)

    def _touch(self, path: Path, chain: Sequence[_Step]) -> _Touched:
        """The mapping at a path, to which a chain leads."""
        if path not in self._touched:
            holder = chain[len(path) - 1] if path else None
            self._touched[path] = _Touched(chain[len(path)].node, holder, path)
        return self._touched[path]

    def _chain(self, path: Path) -> list[_Step]:
        """The steps of a path through what is written."""
        node, chain = self._source.root, []
        for step in path:
            below = self._below(node, step)
            if below is None:
                message = "it comes from an anchor (&) elsewhere in the file; change it by hand"
                raise self.refused(node.start, path, message)
            chain.append(_Step(node, below if isinstance(below, Entry) else None))
            node = below.value if isinstance(below, Entry) else below
        return chain

    @staticmethod
    def _below(node: Node, step: str | int) -> Entry | Node | None:
        if isinstance(step, int):
            return node.items[step] if node.items is not None and step < len(node.items) else None
        return next((each for each in node.entries or () if each.name == step), None)
