"""Upstream's objects against ours, and both against what is declared."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File
from textwrap import shorten
from typing import Final

from tests.parity.declaration import SHARED, Allowance, Declaration, Entry, Line, same
from tests.parity.inventory import Inventory
from tests.parity.leaves import Leaves, leaves

from carrel.diagnostics import Path, dotted
from carrel.k8s.objects import Identity


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


ABSENT: Final = _Absent()
"""What a side says at a path that it does not have."""

LONGEST_VALUE = 400
"""Characters of a value that a finding shows."""

_Use = tuple[int, str, object]
"""A line or an object pattern of an allowance that was needed, by the allowance's `id`."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A path at which the two sides say different things."""

    path: Path
    upstream: object
    ours: object

    def __str__(self) -> str:
        sides = f"upstream has {_shown(self.upstream)}, ours has {_shown(self.ours)}"
        return f"{dotted(self.path)}: {sides}"


def _shown(value: object) -> str:
    return shorten(repr(value), LONGEST_VALUE, placeholder=" …")


@dataclass(slots=True)
class Report:
    """What a comparison found.

    Attributes:
        findings: sentences, by the name of the declaring file.
        compared: how many upstream objects each component declares.
    """

    findings: dict[str, list[str]] = field(default_factory=dict)
    compared: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, findings: Iterable[str]) -> None:
        """Note findings on a file."""
        self.findings.setdefault(name, []).extend(findings)

    def text(self) -> str:
        """All findings, a line each."""
        return "\n".join(
            f"{name}: {said}" for name in self.findings for said in self.findings[name]
        )


def differences(upstream: Leaves, ours: Leaves) -> tuple[Difference, ...]:
    """Where two objects differ, in the order of their paths."""
    paths = sorted(upstream.keys() | ours.keys(), key=dotted)
    found = (Difference(path, upstream.get(path, ABSENT), ours.get(path, ABSENT)) for path in paths)
    return tuple(each for each in found if not same(each.upstream, each.ours))


def undeclared(
    identity: Identity,
    found: Iterable[Difference],
    allowances: Sequence[Allowance],
    uses: set[_Use],
) -> Iterator[str]:
    """A finding for every difference that no allowance explains; notes what the others used.

    The first allowance that explains a difference is the one that is used, so that one which only
    repeats another is never used.
    """
    for difference in found:
        for allowance in allowances:
            pattern = allowance.object_pattern(identity)
            lines = _explaining(allowance, difference) if pattern else None
            if lines is not None:
                uses.add((id(allowance), "objects", pattern))
                uses.update((id(allowance), side, line.path) for side, line in lines)
                break
        else:
            yield f"{identity}: {difference}; declare it with a reason, or mend the chart"


def _explaining(
    allowance: Allowance, difference: Difference
) -> tuple[tuple[str, Line], ...] | None:
    """The lines that say exactly what the two sides say, or None when they do not."""
    lines = []
    sides = (
        ("upstream", allowance.upstream, difference.upstream),
        ("ours", allowance.ours, difference.ours),
    )
    for side, declared, value in sides:
        if value is ABSENT:
            if any(line.speaks_of(difference.path) for line in declared):
                return None
            continue
        line = next((each for each in declared if each.says(difference.path, value)), None)
        if line is None:
            return None
        lines.append((side, line))
    return tuple(lines)


def unused(allowances: Iterable[Allowance], uses: set[_Use]) -> Iterator[str]:
    """A finding for every part of an allowance that explained nothing."""
    for allowance in allowances:
        for pattern in allowance.objects:
            if (id(allowance), "objects", pattern) not in uses:
                yield f"{allowance.where}: nothing differs so in {pattern}: {allowance.reason}"
        for side, lines in (("upstream", allowance.upstream), ("ours", allowance.ours)):
            for line in lines:
                if (id(allowance), side, line.path) not in uses:
                    yield (
                        f"{allowance.where}: no difference has {dotted(line.path)} {line.value!r}"
                        f" on the side {side}; take it out"
                    )


def compare(
    declarations: Mapping[str, Declaration],
    components: Mapping[str, Sequence[Identity]],
    upstream: Inventory,
    ours: Inventory,
    root: File,
) -> Report:
    """Compare all declared components.

    Args:
        declarations: the declarations by name, `shared` among them.
        components: the identities of upstream's objects by component.
        upstream: all of upstream's objects.
        ours: all objects of the platform release.
        root: the project.
    """
    report, uses, claims = Report(), set[_Use](), dict[Identity, list[str]]()
    shared = declarations[SHARED].everywhere
    for name, declaration in declarations.items():
        report.add(name, _inventory_findings(declaration, components, ours, root))
        for identity, entry in declaration.objects.items():
            allowances = (*entry.differences, *declaration.everywhere, *shared)
            if entry.ours:
                claims.setdefault(entry.ours, []).append(name)
                found = _compared(identity, entry, upstream, ours)
                report.add(name, undeclared(identity, found, allowances, uses))
        for identity in declaration.added:
            claims.setdefault(identity, []).append(name)
        report.compared[name] = len(declaration.objects)
    for name, declaration in declarations.items():
        report.add(name, unused(declaration.allowances(), uses))
    report.add(SHARED, _claim_findings(claims, ours))
    return report


def _compared(
    identity: Identity, entry: Entry, upstream: Inventory, ours: Inventory
) -> tuple[Difference, ...]:
    """The differences of one object; none when it cannot or need not be compared here."""
    if entry.ours is None or entry.proved:
        return ()
    theirs, own = upstream.objects.get(identity), ours.objects.get(entry.ours)
    if theirs is None or own is None:
        return ()
    return differences(leaves(theirs, upstream), leaves(own, ours))


def _inventory_findings(
    declaration: Declaration,
    components: Mapping[str, Sequence[Identity]],
    ours: Inventory,
    root: File,
) -> Iterator[str]:
    """What is wrong with the lists of objects themselves."""
    expected = set(components.get(declaration.name, ()))
    for identity in sorted(expected - declaration.objects.keys()):
        yield f"{identity}: upstream has it; say what became of it"
    for identity in sorted(declaration.objects.keys() - expected):
        yield f"{identity}: upstream's {declaration.name} has no such object; take it out"
    for identity, entry in declaration.objects.items():
        if entry.ours is None and identity in ours.objects:
            yield f"{identity}: it is declared as dropped, and the chart renders it"
        if entry.ours and entry.ours not in ours.objects:
            yield f"{entry.ours}: upstream has it, and the chart does not render it"
        if entry.proved and not (root / entry.proved).is_file():
            yield f"{identity}: there is no {entry.proved} to prove it"
    for identity in declaration.added:
        if identity not in ours.objects:
            yield f"{identity}: it is declared as added, and the chart does not render it"


def _claim_findings(claims: Mapping[Identity, Sequence[str]], ours: Inventory) -> Iterator[str]:
    """Our objects that are declared by none, or by more than one."""
    for identity in sorted(ours.objects):
        names = claims.get(identity, ())
        if not names:
            yield f"{identity}: upstream does not have it; declare it as added, with a reason"
        if len(names) > 1:
            yield f"{identity}: declared more than once, by {', '.join(names)}"
