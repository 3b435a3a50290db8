"""What the analysis of templates knows of a value: where it comes from, or what it is made of."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, product
from typing import TypeAlias

EACH = "*"
"""The step from a map or list to its entries."""


@dataclass(frozen=True, slots=True)
class Ref:
    """The value at a path below a template's root: ("Values", "site", "name")."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A constant."""

    text: str


@dataclass(frozen=True, slots=True)
class Map:
    """What `dict` makes."""

    entries: tuple[tuple[str, "Value"], ...]


@dataclass(frozen=True, slots=True)
class Items:
    """What `list` makes."""

    items: tuple["Value", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of several; of none where nothing is known of the value."""

    options: tuple["Value", ...]


Value: TypeAlias = Ref | Text | Map | Items | Either
UNKNOWN = Either(())
ROOT = Ref(())


def step(value: Value, key: str) -> Value:
    """The value at a key of a value."""
    if isinstance(value, Ref):
        return Ref((*value.path, key))
    if isinstance(value, Map):
        return dict(value.entries).get(key, UNKNOWN)
    if isinstance(value, Items):
        return either(value.items)
    if isinstance(value, Either):
        return either(step(option, key) for option in value.options)
    return UNKNOWN


def entries(value: Value) -> Iterator[tuple[Value, Value]]:
    """Pairs of key and value that `range` goes through."""
    if isinstance(value, Map):
        yield from ((Text(key), entry) for key, entry in value.entries)
    elif isinstance(value, Items):
        yield from ((UNKNOWN, item) for item in value.items)
    elif isinstance(value, Either) and value.options:
        yield from chain.from_iterable(map(entries, value.options))
    else:
        yield UNKNOWN, step(value, EACH)


def either(values: Iterable[Value]) -> Value:
    """One of several values, which may be such choices themselves."""
    options: dict[Value, None] = {}
    for value in values:
        options.update(dict.fromkeys(value.options if isinstance(value, Either) else (value,)))
    return next(iter(options)) if len(options) == 1 else Either(tuple(options))


def texts(value: Value) -> Iterator[str]:
    """The constants that a value may be."""
    for option in value.options if isinstance(value, Either) else (value,):
        if isinstance(option, Text):
            yield option.text


def _dict(arguments: list[Value]) -> Value:
    pairs = zip(arguments[::2], arguments[1::2], strict=True)
    return Map(tuple((key.text, value) for key, value in pairs if isinstance(key, Text)))


def key_arguments(function: str, arguments: list[Value]) -> list[Value]:
    """The arguments that say which entry of another argument is meant."""
    if function in ("get", "index"):
        return arguments[1:]
    return arguments[:-2] if function == "dig" else []


def asked_for(function: str, arguments: list[Value]) -> list[Value]:
    """The entries of a map that `hasKey` asks for, where it is known which."""
    if function != "hasKey":
        return []
    return [step(arguments[0], text) for text in texts(arguments[1])]


def printf(arguments: list[Value]) -> Value:
    """Every text that a format can become, nothing known if an argument is no constant."""
    formats, *rest = [list(texts(argument)) for argument in arguments]
    filled = (_filled(form, values) for form in formats for values in product(*rest) if all(rest))
    return either(map(Text, filled))


def _filled(form: str, values: Iterable[str]) -> str:
    for value in values:
        form = form.replace("%s", value, 1)
    return form


def _index(arguments: list[Value]) -> Value:
    value, *keys = arguments
    for key in keys:
        value = either(step(value, text) for text in list(texts(key)) or [EACH])
    return value


def _dig(arguments: list[Value]) -> Value:
    *keys, default, value = arguments
    return either((_index([value, *keys]), default))


KEEPING: Mapping[str, Callable[[list[Value]], Value]] = {
    "deepCopy": lambda arguments: arguments[0],
    "dict": _dict,
    "dig": _dig,
    "get": _index,
    "index": _index,
    "list": lambda arguments: Items(tuple(arguments)),
}
"""Functions that pass on values without using them."""

CHOOSING = frozenset({"and", "coalesce", "default", "or", "ternary"})
"""Functions whose result is one of their arguments."""

TESTS = frozenset({"empty", "hasKey", "keys", "kindIs", "len", "not"})
"""Functions that use no more of a value than what kind it is of and which keys it has."""
