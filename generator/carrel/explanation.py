"""Where the values of a site come from, and what is known about one of them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from carrel.build.template_values import EACH
from carrel.default_places import DefaultPlaces
from carrel.derivations import Derivation, Pattern, derivations_from
from carrel.diagnostics import Diagnostic, Path, Severity, dotted
from carrel.layers import Origin, Resolved, lookup
from carrel.release import Release, releases
from carrel.schema.bundle import Schema
from carrel.schema.hints import did_you_mean, kind, literal
from carrel.schema.sentences import unknown_key
from carrel.schema.source import Node

State: TypeAlias = Literal["set", "default", "deleted", "unset"]
"""`set` by a layer; `default`; `deleted`: a layer's null takes the default away; `unset`: none."""

_MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class Provenance:
    """A value and who had a say in it.

    Attributes:
        path: where the value is.
        state: how it came to be.
        value: what the chart sees, None where it sees nothing.
        chain: the layers that speak of it, the one that counts first, the default last. Layers
            that say something on a map all count.
    """

    path: Path
    state: State
    value: object
    chain: tuple[Origin, ...]

    @property
    def is_map(self) -> bool:
        """Whether it has values of its own below it."""
        return isinstance(self.value, dict) and bool(self.value)

    @property
    def differs(self) -> bool:
        """Whether layers make it something else than the default."""
        if self.state != "set":
            return self.state == "deleted"
        default = next((each for each in self.chain if each.layer == "default"), None)
        return default is None or _text(default.value) != _text(self.value)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known about one value, but for who uses it.

    Attributes:
        value: the value itself.
        below: every value in it, if it is a map.
        node: what the schema says on it, None if the schema does not know it.
        hint: what an unknown key was probably meant to be, "" otherwise.
        since: the version that brought the value, "" if that is not known.
        scope: letters of those who read it, as `x-scope` of the schema has them.
        derivations: what the chart makes of it and of others.
        release: the release of the tenant that the value belongs to, None if there is none.
    """

    value: Provenance
    below: tuple[Provenance, ...]
    node: Node | None
    hint: str
    since: str
    scope: str
    derivations: tuple[Derivation, ...]
    release: Release | None


def provenances(resolved: Resolved, places: DefaultPlaces) -> Iterator[Provenance]:
    """All values of a site that are no maps, and empty maps, in the order of the defaults.

    Those that a null deletes come last.
    """
    return (provenance(path, resolved, places) for path in resolved.origins)


def provenance(path: Path, resolved: Resolved, places: DefaultPlaces) -> Provenance:
    """One value, whether or not there is one."""
    reached, value = lookup(resolved.values, path)
    present = reached == len(path)
    chain = tuple(
        replace(origin, span=places.of(path)) if origin.layer == "default" else origin
        for origin in reversed(resolved.origins.get(path, ()))
    )
    state: State = "unset"
    if present:
        state = "default" if chain and chain[0].layer == "default" else "set"
    elif chain:
        state = "deleted"
    return Provenance(path, state, value if present else None, chain)


def explain(
    path: Path, resolved: Resolved, schema: Schema, places: DefaultPlaces
) -> Explanation | Diagnostic:
    """Everything about the value at a path, or why there can be none."""
    problem = _unknown(path, resolved, schema)
    if problem is not None:
        return problem
    value = provenance(path, resolved, places)
    below = (each for each in resolved.origins if each[: len(path)] == path and each != path)
    nodes = [schema.root, *(node for end in _ends(path) if (node := schema.at(path[:end])))]
    return Explanation(
        value=value,
        below=tuple(provenance(each, resolved, places) for each in below),
        node=schema.at(path),
        hint=_stray_hint(path, schema),
        since=next((str(node["x-since"]) for node in nodes[::-1] if "x-since" in node), ""),
        scope=next((str(node["x-scope"]) for node in nodes if "x-scope" in node), ""),
        derivations=tuple(derivations_from(pattern_of(path, schema))),
        release=_release(path, resolved),
    )


def pattern_of(path: Path, schema: Schema) -> Pattern:
    """A path as it is declared: the names of entries and positions in lists become `*`."""
    pattern: list[str] = []
    node: Node | None = schema.root
    for step in path:
        properties = schema.effective(node).get("properties", {}) if node is not None else {}
        node = schema.below(node, step) if node is not None else None
        pattern.append(EACH if node is not None and step not in properties else str(step))
    return tuple(pattern)


def _text(value: object) -> str:
    """The same for equal values only; True and 1 are not, other than in Python."""
    return json.dumps(value, sort_keys=True)


def _stray_hint(path: Path, schema: Schema) -> str:
    """What the first key of a path that the schema does not know was probably meant to be."""
    end = next((end for end in _ends(path) if schema.at(path[:end]) is None), None)
    if end is None:
        return ""
    above = schema.effective(schema.at(path[: end - 1]) or {})
    return unknown_key(path[:end], above.get("properties", {}), None, schema.root).hint


def _ends(path: Path) -> range:
    return range(1, len(path) + 1)


def _release(path: Path, resolved: Resolved) -> Release | None:
    """The release that holds the tenant at, or around, a path."""
    if len(path) < 2 or path[0] != "tenants":
        return None
    for release in releases(resolved):
        tenants = release.values.get("tenants")
        if not release.is_platform and isinstance(tenants, dict) and path[1] in tenants:
            return release
    return None


def _unknown(path: Path, resolved: Resolved, schema: Schema) -> Diagnostic | None:
    """The first step of a path that leads nowhere, with what was probably meant."""
    for end in _ends(path):
        here = path[:end]
        if here in resolved.origins:
            continue
        above = schema.at(here[:-1])
        node = schema.effective(above) if above is not None else {}
        reached, value = lookup(resolved.values, here[:-1])
        present = reached == len(here) - 1
        if here[-1] in node.get("properties", ()) and (not present or isinstance(value, dict)):
            continue
        return _nowhere(here, path[end - 1 :], value if present else {}, node, schema)
    return None


def _nowhere(here: Path, rest: Path, value: object, node: Node, schema: Schema) -> Diagnostic:
    """That there is nothing at `here`, where `value` and `node` are what is above it."""
    step, holder = here[-1], dotted(here[:-1]) or "the whole"
    if isinstance(value, list):
        items = f"{len(value)} {'item' if len(value) == 1 else 'items'}"
        return _sentence(here, f"{holder} is a list of {items}, counted from [0]")
    if not isinstance(value, dict):
        return _sentence(here, f"{holder} is {kind(value)}, and nothing is below it")
    properties, entries = node.get("properties", {}), node.get("additionalProperties")
    names = [*properties, *(name for name in value if name not in properties)]
    text = ".".join(str(each) for each in rest)
    whole = next((each for each in names if f"{text}.".startswith(f"{each}.") and "." in each), "")
    if whole:
        return _sentence(here, "unknown key", f"write {dotted((*here[:-1], whole))}")
    if not isinstance(entries, dict):
        return unknown_key(
            here, {name: properties.get(name, {}) for name in names}, None, schema.root
        )
    noun = f"{node.get('x-key', 'entry')} {literal(step)}"
    meant = did_you_mean(str(step), names)
    listed = f"there: {', '.join(names)}" if 0 < len(names) <= _MOST_NAMES else ""
    return _sentence(here, f"there is no {noun}", f"did you mean {meant}?" if meant else listed)


def _sentence(path: Path, message: str, hint: str = "") -> Diagnostic:
    return Diagnostic("E101", Severity.ERROR, message, None, dotted(path), hint)
