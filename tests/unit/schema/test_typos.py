"""A key that is one letter wrong is refused, whichever key it is, and the right one is named."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from carrel.diagnostics import Diagnostic, dotted
from carrel.schema.bundle import Schema
from carrel.schema.source import Node

Judge = Callable[..., list[Diagnostic]]
KeyPath = tuple[str, ...]


def key_paths(values: Any, node: Node, path: KeyPath = ()) -> Iterator[KeyPath]:
    """The paths of all keys in the defaults that the schema names."""
    for key, value in values.items() if isinstance(values, dict) else ():
        properties = node.get("properties", {})
        if key in properties:
            yield (*path, key)
        below = properties.get(key, node.get("additionalProperties"))
        if isinstance(below, dict):
            yield from key_paths(value, below, (*path, key))


def dropped(key: str) -> str:
    return key[:-1] if len(key) < 4 else key[:2] + key[3:]


def doubled(key: str) -> str:
    return key[:1] + key


def replaced(key: str) -> str:
    return key[:1] + ("x" if key[1] != "x" else "y") + key[2:]


def swapped(key: str) -> str:
    """Two neighbours that differ, the other way round."""
    at = next(index for index in range(len(key) - 1) if key[index] != key[index + 1])
    return key[:at] + key[at + 1] + key[at] + key[at + 2 :]


def other_case(key: str) -> str:
    return key[:1].swapcase() + key[1:]


@pytest.mark.parametrize("misspelt", [dropped, doubled, replaced, swapped, other_case])
def test_every_misspelt_key_is_refused_and_the_right_one_named(
    project_schema: Schema, judge: Judge, misspelt: Callable[[str], str]
) -> None:
    defaults = project_schema.defaults()
    paths = list(key_paths(defaults, project_schema.root))
    values: dict[str, Any] = {}
    expected = {}
    for path in paths:
        wrong = (*path[:-1], misspelt(path[-1]))
        assert project_schema.at(wrong) is None, "this typo is a key itself; choose another"
        place = values
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place[wrong[-1]] = 1
        expected[dotted(wrong)] = f"did you mean {path[-1]}?"

    found = judge(project_schema, json.dumps(values))

    assert len(paths) > 250
    assert {each.path: each.hint for each in found} == expected
    assert {each.code for each in found} == {"E101"}


def test_every_key_that_is_right_is_accepted(project_schema: Schema, judge: Judge) -> None:
    assert judge(project_schema, json.dumps(project_schema.defaults())) == []
