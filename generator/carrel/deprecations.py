"""Values that were renamed or removed: what to say to whoever still writes them.

One list, generator/catalogue/deprecations.yaml, whose head describes its form. The chart has the
same sentences in chart/files/deprecations.json, and `_lib/validate.tpl` finds the same keys.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from carrel.diagnostics import Diagnostic, Path, Severity, Span, dotted
from carrel.layers import Layer, Values
from carrel.schema.hints import written
from carrel.yamlio.edit import KEPT, Change

ANY = "*"
"""The step from a map to every entry, from a list to every item."""

Pattern = tuple[str, ...]
"""A path in which `ANY` may stand for keys and positions."""

_CURE = "`carrel migrate` rewrites your files"


@dataclass(frozen=True, slots=True)
class Deprecation:
    """One change of the values that people write.

    Attributes:
        path: the value in question.
        since: the version of the chart that changed or announced it.
        message: why, a clause without a full stop.
        target: where that version put the value, the path itself where only its words changed,
            None where it is gone.
        replacement: where the value is today, later changes included.
        values: what was written → what is written instead, for each value that changed.
        removed_in: the version that removes an announced value, None for what is gone at once.
        removed: whether the value is gone in the version at hand.
        span: where the list says so.
    """

    path: Pattern
    since: str
    message: str
    target: Pattern | None
    replacement: Pattern | None
    values: tuple[tuple[object, object], ...]
    removed_in: str | None
    removed: bool
    span: Span

    @property
    def rewords(self) -> bool:
        """Whether the key stays and only some of its values are written otherwise."""
        return self.target == self.path

    def sentences(self) -> tuple[str, tuple[tuple[object, str], ...]]:
        """What is said of any value, "" for nothing, and what of certain values.

        `<0>` stands for the step that the first `ANY` of the path has matched, with its dot.
        """
        if not self.removed:
            return f"it goes in {self.removed_in}: {self.message}", ()
        if self.target is None:
            gone = f"removed in {self.removed_in or self.since}: {self.message}"
            return f"{gone}; leave it out, as `carrel migrate` does", ()
        if self.replacement is None:
            gone = f"renamed in {self.since} and removed since: {self.message}"
            return f"{gone}; leave it out, as `carrel migrate` does", ()
        if self.rewords:
            reworded = [
                (old, f"{written(old)} is written {written(new)} since {self.since}")
                for old, new in self.values
            ]
            said = [(old, f"{text}: {self.message}; {_CURE}") for old, text in reworded]
            return "", tuple(said)
        moved = f"renamed in {self.since}, now {_numbered(self.replacement)}"
        certain = tuple(
            (
                old,
                f"{moved}, where {written(old)} is written {written(new)}: {self.message}; {_CURE}",
            )
            for old, new in self.values
        )
        return f"{moved}: {self.message}; {_CURE}", certain

    def sentence(self, matched: Sequence[str | int], value: object) -> str:
        """What is said of a value, "" for nothing.

        Args:
            matched: the steps that `ANY` stood for.
            value: what was written.
        """
        said, certain = self.sentences()
        for old, of_old in certain:
            if _same(old, value):
                said = of_old
        for number, step in enumerate(matched):
            said = said.replace(f"<{number}>", _joined(step))
        return said


def shown(pattern: Pattern) -> str:
    """A path as people write it, with `*` for `ANY`."""
    return dotted(pattern).replace('["*"]', ".*")


def findings(layers: Iterable[Layer], deprecations: Sequence[Deprecation]) -> Iterator[Diagnostic]:
    """Every value that the user's layers write and should not any more, each at its key."""
    for layer in layers:
        for deprecation in deprecations if layer.name != "default" else ():
            severity = Severity.ERROR if deprecation.removed else Severity.WARNING
            code = "E112" if deprecation.removed else "W112"
            for path, matched, value in matches(layer.values, deprecation.path):
                said = deprecation.sentence(matched, value)
                places = layer.spans if deprecation.rewords else layer.keys
                if said:
                    yield Diagnostic(code, severity, said, places.get(path), dotted(path))


def changes(values: Values, deprecation: Deprecation) -> list[Change]:
    """What `carrel migrate` does to values because of one entry of the list."""
    found: list[Change] = []
    kept = max((index + 1 for index, step in enumerate(deprecation.path) if step == ANY), default=0)
    for path, matched, value in matches(values, deprecation.path) if deprecation.removed else ():
        new = next((new for old, new in deprecation.values if _same(old, value)), KEPT)
        if deprecation.rewords and new is KEPT:
            continue
        target = None
        if deprecation.target is not None and deprecation.replacement is not None:
            steps = iter(matched)
            target = tuple(next(steps) if step == ANY else step for step in deprecation.target)
        found.append(Change(path, target, new if target is not None else KEPT, kept))
    return found


def matches(
    value: object, pattern: Pattern
) -> Iterator[tuple[Path, tuple[str | int, ...], object]]:
    """Every value at a path: where, what `ANY` stands for, and what it is."""
    if not pattern:
        yield (), (), value
        return
    step, rest = pattern[0], pattern[1:]
    below: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        below = value.items() if step == ANY else [(step, value[step])] if step in value else ()
    elif isinstance(value, list) and step == ANY:
        below = enumerate(value)
    for key, each in below:
        for path, matched, found in matches(each, rest):
            yield (key, *path), ((key, *matched) if step == ANY else matched), found


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _joined(step: str | int) -> str:
    """A step as it stands in a path behind another: `.name`, `["odd name"]`, `[0]`."""
    return dotted(("x", step))[1:]


def _numbered(pattern: Pattern) -> str:
    """A path in which `<0>`, `<1>` and so on stand for `ANY`."""
    parts, count = [], 0
    for step in pattern:
        parts.append(f"<{count}>" if step == ANY else _joined(step))
        count += step == ANY
    return "".join(parts).removeprefix(".")
