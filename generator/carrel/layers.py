"""Layers of values become one, exactly as Helm merges its files, and each value knows its origin.

Helm merges in two stages. It first folds the user's files: maps merge, everything else replaces
what was there, and null is a value like any other. It then lays the result over the chart's
defaults, and there null deletes a default. So a map that follows a null brings the defaults back,
and null cannot remove an entry that an earlier file added. (Helm's pkg/cli/values/options.go and
coalesce.go; the tests compare with Helm 3.18, 3.21 and 4.2. The three differ where a *default* is
null, and no default is.)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from carrel.diagnostics import Path, Span
from carrel.suppressions import Suppression

Values: TypeAlias = dict[str, object]
LayerName: TypeAlias = Literal["default", "platform", "site", "tenants", "--set"]

# Helm leaves a null below a subchart's name to the subchart, which has no such default.
_SUBCHARTS = frozenset({"crds"})

_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Layer:
    """The values of one file, or those of the command line.

    Attributes:
        name: which kind of layer it is.
        file: the path that positions name.
        values: what it says; null is None.
        keys: where each key was written.
        spans: where each value was written.
        literals: how each number, boolean and null was written.
        suppressions: warnings that comments in it accept.
    """

    name: LayerName
    file: str
    values: Values
    keys: Mapping[Path, Span]
    spans: Mapping[Path, Span]
    literals: Mapping[Path, str] = field(default_factory=dict)
    suppressions: tuple[Suppression, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """One layer's word on a value.

    Attributes:
        layer: the layer's name.
        span: where, None for a default.
        value: what it says; None deletes.
    """

    layer: str
    span: Span | None
    value: object


class Origins(Mapping[Path, tuple[Origin, ...]]):
    """For each path the layers that had a say, the last of which wins.

    It has every leaf (whatever is no map, and empty maps) and every default that a null deletes,
    in the order of the values. Asked for another path, such as that of a map or of something in a
    list, it answers as well. What a later layer swept away is not part of a chain.
    """

    def __init__(self, defaults: Values, layers: Sequence[Layer], values: Values) -> None:
        self._defaults = defaults
        self._layers = tuple(layers)
        self._values = values

    def __getitem__(self, path: Path) -> tuple[Origin, ...]:
        reached, value = lookup(self._defaults, path)
        default = [Origin("default", None, value)] if reached == len(path) else []
        chain: list[Origin] = []
        # How far up the path a layer has something else than a map.
        blocked_at: int | None = None
        for layer in self._layers:
            reached, value = lookup(layer.values, path)
            if blocked_at is not None and reached >= blocked_at:
                chain, blocked_at = [], None
            if reached == len(path):
                chain.append(Origin(layer.name, layer.spans.get(path), value))
            elif not isinstance(value, dict):
                removal = Origin(layer.name, layer.spans.get(path[:reached]), None)
                chain, blocked_at = [removal] if value is None else [], reached
        if blocked_at is not None and not (default and chain):
            raise KeyError(path)
        if not default and not chain:
            raise KeyError(path)
        return (*default, *chain)

    def __iter__(self) -> Iterator[Path]:
        yield from _leaves(self._values, ())
        yield from _missing(self._defaults, self._values, ())

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, slots=True)
class Resolved:
    """The values of a site.

    Attributes:
        values: all of them, as the chart sees them; Helm's own additions are left out.
        user: what the layers say, folded, with the nulls that delete defaults. Given to Helm as
            one file it does what all the files do.
        origins: where each value comes from.
    """

    values: Values
    user: Values
    origins: Mapping[Path, tuple[Origin, ...]]

    def written(self, path: Path) -> Span | None:
        """Where the value that counts was written, None for a default or no value at all."""
        chain = self.origins.get(path)
        return chain[-1].span if chain else None

    def span(self, path: Path) -> Span | None:
        """As `written`, or else where the nearest map or list around it was written."""
        prefixes = (path[:length] for length in range(len(path), 0, -1))
        return next((span for prefix in prefixes if (span := self.written(prefix))), None)


def fold(layers: Sequence[Layer]) -> Values:
    """What the layers say together, a later one over an earlier one. The first stage."""
    folded: Values = {}
    for layer in layers:
        _merge(folded, layer.values)
    return folded


def resolve(defaults: Values, layers: Sequence[Layer]) -> Resolved:
    """The values that Helm hands to the chart.

    Args:
        defaults: those of the chart, without a null.
        layers: all others, a later one over an earlier one.
    """
    user = fold(layers)
    values = _coalesced(user, defaults, removes=True)
    for name in _SUBCHARTS & user.keys() & defaults.keys():
        below, default = user[name], defaults[name]
        if isinstance(below, dict) and isinstance(default, dict):
            values[name] = _coalesced(below, default, removes=False)
    return Resolved(values, user, Origins(defaults, layers, values))


def _merge(folded: Values, above: Values) -> None:
    """Lay a map over `folded`, whose maps are no one else's, as Helm's MergeMaps does."""
    for key, value in above.items():
        if isinstance(value, dict):
            beneath = folded.get(key)
            if not isinstance(beneath, dict):
                beneath = folded[key] = {}
            _merge(beneath, value)
        else:
            folded[key] = value


def _coalesced(user: Values, defaults: Values, *, removes: bool) -> Values:
    """The user's map over the defaults, in the order of the defaults.

    Args:
        user: the user's values.
        defaults: the chart's.
        removes: whether null deletes a default; otherwise it takes its place.
    """
    result: Values = {}
    for key, default in defaults.items():
        value = user.get(key, default)
        if value is None and removes:
            continue
        if key in user and isinstance(value, dict) and isinstance(default, dict):
            value = _coalesced(value, default, removes=removes)
        result[key] = value
    result.update((key, value) for key, value in user.items() if key not in defaults)
    return result


def lookup(values: Values, path: Path) -> tuple[int, object]:
    """How many steps of the path there are in a tree, and what is there."""
    value: object = values
    for reached, step in enumerate(path):
        below: object = _NOTHING
        if isinstance(value, dict):
            below = value.get(step, _NOTHING)
        elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            below = value[step]
        if below is _NOTHING:
            return reached, value
        value = below
    return len(path), value


def _leaves(value: object, path: Path) -> Iterator[Path]:
    if isinstance(value, dict) and (value or not path):
        for key, below in value.items():
            yield from _leaves(below, (*path, key))
    else:
        yield path


def _missing(defaults: Values, values: Values, path: Path) -> Iterator[Path]:
    """The topmost defaults that are not among the values."""
    for key, default in defaults.items():
        if key not in values:
            yield (*path, key)
        elif isinstance(default, dict):
            value = values[key]
            if isinstance(value, dict):
                yield from _missing(default, value, (*path, key))
