"""What tests/parity declares of one upstream component: every object, every difference."""

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as File

import yaml
from tests.parity.leaves import settled

from carrel.diagnostics import Path
from carrel.k8s.fields import Fields, mapping, mappings, strings, text
from carrel.k8s.objects import Identity

SHARED = "shared"
"""The file of what is declared for all components."""

_STEP = re.compile(r'\["([^"]*)"\]|\[(\d+)\]|\.?([A-Za-z0-9_*-]+)')


@dataclass(frozen=True, slots=True)
class Matches:
    """A value that is known by its form only: a regular expression for all of it."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference: what one side says at a path.

    Attributes:
        path: a path of leaves; the step `*` stands for any one step.
        value: the value there, or its form.
    """

    path: Path
    value: object

    def speaks_of(self, path: Path) -> bool:
        """Whether the line says anything of the path."""
        return len(path) == len(self.path) and all(
            own in ("*", step) for own, step in zip(self.path, path, strict=True)
        )

    def says(self, path: Path, value: object) -> bool:
        """Whether this is what the line says of the path."""
        if not self.speaks_of(path):
            return False
        if isinstance(self.value, Matches):
            return isinstance(value, str) and bool(re.fullmatch(self.value.pattern, value, re.S))
        last = str(path[-1])
        return same(settled(self.value, last), settled(value, last))


def same(one: object, other: object) -> bool:
    """Whether two leaves are equal; `1` and `true` are not."""
    return one == other and repr(one) == repr(other) if _scalar(one) else one == other


def _scalar(value: object) -> bool:
    return not isinstance(value, (dict, list))


@dataclass(frozen=True, slots=True)
class Allowance:
    """A declared difference.

    Attributes:
        where: file and place in it, for findings.
        reason: why we differ, in one sentence.
        objects: patterns of identities that it is declared for.
        upstream: what upstream says; a path that is only on our side is absent here.
        ours: what we say; a path that is only on upstream's side is absent here.
    """

    where: str
    reason: str
    objects: tuple[str, ...]
    upstream: tuple[Line, ...]
    ours: tuple[Line, ...]

    def object_pattern(self, identity: Identity) -> str:
        """The first pattern that fits an identity, or nothing."""
        parts = str(identity).split("/")
        for pattern in self.objects:
            wanted = pattern.split("/")
            if all(one in ("*", part) for one, part in zip(wanted, parts, strict=True)):
                return pattern
        return ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one upstream object.

    Attributes:
        ours: the identity of our object, or nothing when it was dropped.
        proved: the test that compares the two, when it is not this one.
        reason: why it was dropped or renamed.
        differences: what is declared of this object alone.
    """

    ours: Identity | None
    proved: str = ""
    reason: str = ""
    differences: tuple[Allowance, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """One file.

    Attributes:
        name: the upstream component, or `shared`.
        hashed: upstream's names that end in a hash which kustomize generated.
        objects: what became of each object of upstream.
        everywhere: differences of several objects.
        added: our objects without a counterpart, with the reason.
    """

    name: str
    hashed: tuple[str, ...]
    objects: Mapping[Identity, Entry]
    everywhere: tuple[Allowance, ...]
    added: Mapping[Identity, str]

    def allowances(self) -> Iterator[Allowance]:
        """All differences that the file declares."""
        for entry in self.objects.values():
            yield from entry.differences
        yield from self.everywhere

    def reasons(self) -> Iterator[str]:
        """The reason of everything that needs one, empty where it is missing."""
        yield from (allowance.reason for allowance in self.allowances())
        yield from self.added.values()
        for identity, entry in self.objects.items():
            if entry.ours != identity:
                yield entry.reason


def read_declaration(file: File, renames: Mapping[Identity, Identity]) -> Declaration:
    """The declarations in a file.

    Args:
        file: to read.
        renames: objects of upstream that have another identity here.

    Raises:
        ValueError: it holds a key twice, or says something that means nothing here.
    """
    content = mapping(yaml.load(file.read_text("utf-8"), _Loader))  # noqa: S506
    _check_keys(content, {"hashed", "everywhere", "objects", "added"}, file.name)
    return Declaration(
        file.stem,
        tuple(strings(content.get("hashed"))),
        {
            parse_identity(name): _entry(name, said, file.name, renames)
            for name, said in mapping(content.get("objects")).items()
        },
        _allowances(content.get("everywhere"), ("*/*/*/*",), f"{file.name}: everywhere"),
        {
            parse_identity(name): text(reason)
            for name, reason in mapping(content.get("added")).items()
        },
    )


def parse_identity(written: str) -> Identity:
    """An identity from its text, as `str(identity)` writes it."""
    group, kind, namespace, name = written.split("/")
    return Identity(
        "" if group == "core" else group, kind, "" if namespace == "-" else namespace, name
    )


def parse_path(written: str) -> Path:
    """A path from its text, as `carrel.diagnostics.dotted` writes it."""
    steps: list[str | int] = []
    at = 0
    while at < len(written):
        found = _STEP.match(written, at)
        if not found:
            raise ValueError(f"{written} is no path from {written[at:]} on")
        quoted, index, bare = found.groups()
        steps.append(int(index) if index else quoted if bare is None else bare)
        at = found.end()
    return tuple(steps)


def _entry(name: str, said: object, file: str, renames: Mapping[Identity, Identity]) -> Entry:
    identity = parse_identity(name)
    if said == "same":
        return Entry(identity)
    keys = mapping(said)
    _check_keys(keys, {"dropped", "proved", "reason", "differences"}, f"{file}: {name}")
    if "dropped" in keys:
        return Entry(None, reason=text(keys["dropped"]))
    return Entry(
        renames.get(identity, identity),
        text(keys.get("proved")),
        text(keys.get("reason")),
        _allowances(keys.get("differences"), (name,), f"{file}: {name}"),
    )


def _allowances(value: object, objects: tuple[str, ...], where: str) -> tuple[Allowance, ...]:
    found = []
    for _, said in mappings(value):
        _check_keys(said, {"reason", "objects", "upstream", "ours"}, where)
        found.append(
            Allowance(
                where,
                text(said.get("reason")),
                tuple(strings(said.get("objects"))) or objects,
                _lines(said.get("upstream")),
                _lines(said.get("ours")),
            )
        )
    return tuple(found)


def _lines(value: object) -> tuple[Line, ...]:
    return tuple(Line(parse_path(path), said) for path, said in mapping(value).items())


def _check_keys(said: Fields, known: set[str], where: str) -> None:
    if not said or said.keys() - known:
        raise ValueError(f"{where}: {sorted(said.keys() - known) or said!r} means nothing here")


class _Loader(yaml.SafeLoader):
    """YAML in which no key is there twice, and `!matches` is a form."""


def _unique(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, object]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"{key} is there twice, at {node.start_mark}")
    return loader.construct_mapping(node, deep=True)


def _matches(loader: _Loader, node: yaml.ScalarNode) -> Matches:
    return Matches(loader.construct_scalar(node))


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique)
_Loader.add_constructor("!matches", _matches)
