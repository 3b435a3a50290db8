"""The list of renamed and removed values: how it is read, and what is held against it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from carrel import deprecation_list
from carrel.deprecation_list import faults, load, unmentioned
from carrel.deprecations import Deprecation, shown
from carrel.schema import bundle
from carrel.schema.bundle import Schema
from carrel.schema.source import MalformedSchema

ListOf = Callable[..., tuple[Deprecation, ...]]

MOVED = """\
- path: notebooks.idle
  since: 0.2.0
  replacement: notebooks.culling.idleMinutes
  message: it belongs to culling
"""


@pytest.fixture(scope="module")
def schema(project_root: Path) -> Schema:
    return bundle.load(project_root / "generator" / "schema")


@pytest.fixture
def list_of(tmp_path: Path) -> ListOf:
    """The list that a text is, for a chart of some version."""

    def list_of(entries: str, version: str = "0.4.0") -> tuple[Deprecation, ...]:
        file = tmp_path / deprecation_list.FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"deprecations:\n{entries}", "utf-8")
        return load(tmp_path, version)

    return list_of


def test_a_project_without_a_list_has_changed_nothing(tmp_path: Path) -> None:
    assert load(tmp_path) == ()


def test_an_entry_knows_where_it_stands(list_of: ListOf) -> None:
    (entry,) = list_of(MOVED)

    assert entry.path == ("notebooks", "idle")
    assert entry.target == entry.replacement == ("notebooks", "culling", "idleMinutes")
    assert (entry.since, entry.message) == ("0.2.0", "it belongs to culling")
    assert entry.removed
    assert str(entry.span) == "generator/catalogue/deprecations.yaml:2:3"


@pytest.mark.parametrize(
    ("version", "removed"),
    [("0.4.9", False), ("0.5.0", True), ("0.5.0-rc.1", True), ("0.10.0", True), ("1.0.0", True)],
)
def test_what_is_announced_is_gone_with_its_version(
    list_of: ListOf, version: str, removed: bool
) -> None:
    text = "- {path: images.layout, since: 0.3.0, removedIn: 0.5.0, message: m}\n"

    (entry,) = list_of(text, version)

    assert entry.removed is removed


def test_a_replacement_is_followed_to_where_the_value_is_today(
    past: tuple[Deprecation, ...],
) -> None:
    today = {shown(each.path): each.replacement for each in past}

    assert today["loginUser"] == ("identity", "demo", "user")
    assert today["images.mirror"] is None
    assert today["gateway.tls.mode"] == ("gateway", "tls", "mode")
    assert next(each.target for each in past if each.path == ("loginUser",)) == ("loginName",)


def test_a_replacement_is_followed_through_a_block_that_moved(list_of: ListOf) -> None:
    entries = list_of(
        "- {path: a.b.c, since: 0.1.0, replacement: a.b.d, message: m}\n"
        "- {path: a.b, since: 0.2.0, replacement: x.y, message: m}\n"
        "- {path: x.y.d, since: 0.9.0, removedIn: 1.0.0, message: m}\n"
    )

    assert [each.replacement for each in entries[:2]] == [("x", "y", "d"), ("x", "y")]


MALFORMED = {
    "- text\n": "2:3: error[E151] an entry must be a map",
    "- {path: a, since: 0.1.0, message: m, to: b}\n": (
        "2:3: error[E151] an entry has no key to: message, path, removedIn, replacement, since, "
        "values"
    ),
    "- {since: 0.1.0, message: m}\n": "2:3: error[E151] path must be a path, with * for what is",
    "- {path: 'a..b', since: 0.1.0, message: m}\n": "2:3: error[E151] path must be a path",
    "- {path: 'a[0].b', since: 0.1.0, message: m}\n": "2:3: error[E151] path must be a path",
    "- {path: '*.a', since: 0.1.0, message: m}\n": "2:3: error[E151] path must be a path",
    "- {path: 'a.*', since: 0.1.0, message: m}\n": "2:3: error[E151] path must be a path",
    "- {path: a, replacement: 'b.*', since: 0.1.0, message: m}\n": (
        "2:3: error[E151] replacement must be a path"
    ),
    "- {path: a, message: m}\n": "2:3: error[E151] since, a version such as 0.2.0, is missing",
    "- {path: a, since: 0.1, message: m}\n": "2:3: error[E151] since, a version",
    "- {path: a, since: 0.1.0, removedIn: soon, message: m}\n": (
        "2:3: error[E151] removedIn, a version such as 0.2.0, is missing"
    ),
    "- {path: a, since: 0.2.0, removedIn: 0.2.0, message: m}\n": (
        "2:3: error[E151] removedIn must be a later version than since"
    ),
    "- {path: a, since: 0.1.0, removedIn: 0.2.0, replacement: b, message: m}\n": (
        "2:3: error[E151] what is announced has neither replacement nor values"
    ),
    "- {path: a, since: 0.1.0, removedIn: 0.2.0, values: [], message: m}\n": (
        "2:3: error[E151] what is announced has neither replacement nor values"
    ),
    "- {path: a, since: 0.1.0}\n": "2:3: error[E151] message, a clause without a full stop, is",
    "- {path: a, since: 0.1.0, message: It went.}\n": "2:3: error[E151] message, a clause",
    "- {path: a, since: 0.1.0, message: m, replacement: b, values: {x: y}}\n": (
        "2:3: error[E151] values must be a list of {from: …, to: …}"
    ),
    "- {path: a, since: 0.1.0, message: m, replacement: b, values: [{from: 1}]}\n": (
        "2:3: error[E151] values must be a list"
    ),
    "- {path: a, since: 0.1.0, message: m, replacement: b, values: [{from: [1], to: 1}]}\n": (
        "2:3: error[E151] values must be a list"
    ),
    "  path: a\n": "1:1: error[E151] deprecations, a list, is missing",
    "- {path: a, path: b}\n": "2:13: error[E008] deprecations[0].path: the key is already on line",
    "- [\n": "3:1: error[E007] ",
}


@pytest.mark.parametrize("text", MALFORMED)
def test_an_entry_that_says_nothing_is_refused_at_its_place(list_of: ListOf, text: str) -> None:
    with pytest.raises(MalformedSchema) as caught:
        list_of(text)

    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.text().startswith(f"{deprecation_list.FILE}:{MALFORMED[text]}")


def test_the_lists_contradict_nothing(
    project_root: Path, past: tuple[Deprecation, ...], schema: Schema
) -> None:
    assert list(faults(past, schema)) == []
    assert list(faults(load(project_root), schema)) == []


FAULTS = {
    "- {path: notebooks.culling, since: 0.1.0, message: m}\n": (
        "notebooks.culling: 0.1.0 removes it, and the schema still has it"
    ),
    "- {path: images.layout, since: 0.1.0, removedIn: 0.3.0, message: m}\n": (
        "images.layout: 0.3.0 removes it, and the schema still has it"
    ),
    "- {path: nothing, since: 0.1.0, removedIn: 9.0.0, message: m}\n": (
        "nothing: the schema has no such value"
    ),
    "- {path: a, since: 0.1.0, replacement: a, message: m, values: [{from: 1, to: 2}]}\n": (
        "a: the schema has no such value"
    ),
    "- {path: gateway.tls.mode, since: 0.1.0, replacement: gateway.tls.mode, message: m}\n": (
        "gateway.tls.mode: its replacement is itself, and no value is written otherwise"
    ),
    "- {path: a, since: 0.1.0, replacement: b.c, message: m}\n": "a: the schema has no value b.c",
    "- {path: notebooks.images.*.x, since: 0.1.0, replacement: site.name, message: m}\n": (
        "notebooks.images.*.x: path and replacement need as many * as each other"
    ),
    "- {path: gateway.tls.mode.of, since: 0.1.0, replacement: gateway.tls.mode, message: m}\n": (
        "gateway.tls.mode.of: one of path and replacement lies inside of the other"
    ),
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_contradiction_is_found_at_its_place(list_of: ListOf, schema: Schema, text: str) -> None:
    found = [each.text() for each in faults(list_of(text), schema)]

    assert found == [f"{deprecation_list.FILE}:2:3: error[E151] {FAULTS[text]}"]


def test_the_steps_through_a_list_are_known(list_of: ListOf, schema: Schema) -> None:
    old = "notebooks.tolerationGroups.*.tolerations.*.keyName"
    new = old.removesuffix("Name")
    entry = "- {{path: {}, since: 0.1.0, replacement: {}, message: m}}\n"

    assert list(faults(list_of(entry.format(old, new)), schema)) == []
    (fault,) = faults(list_of(entry.format(old, f"{new}x")), schema)
    assert fault.message == f"the schema has no value {new}x"


CHANGELOG = """\
# Changelog

## [0.5.0] - 2027-01-01

- `images.layout` is gone.

## 0.3.0 (unreleased)

- `images.layout` will go.

## 0.2.0

- `notebooks.idle` is `notebooks.culling.idleMinutes`.
"""
ANNOUNCED = "- {path: images.layout, since: 0.3.0, removedIn: 0.5.0, message: m}\n"


def test_a_changelog_that_tells_of_everything_is_fine(list_of: ListOf) -> None:
    assert list(unmentioned(list_of(MOVED + ANNOUNCED, "0.5.0"), CHANGELOG)) == []


@pytest.mark.parametrize(
    ("version", "left_out", "missing"),
    [
        ("0.5.0", "- `images.layout` is gone.\n", ["images.layout` under 0.5.0"]),
        ("0.4.0", "- `images.layout` is gone.\n", []),
        ("0.4.0", "- `images.layout` will go.\n", ["images.layout` under 0.3.0"]),
        ("0.4.0", "`notebooks.idle` is ", ["notebooks.idle` under 0.2.0"]),
        (
            "0.5.0",
            CHANGELOG,
            [
                "notebooks.idle` under 0.2.0",
                "images.layout` under 0.3.0",
                "images.layout` under 0.5.0",
            ],
        ),
    ],
)
def test_what_the_changelog_does_not_tell_of_is_found_under_each_version(
    list_of: ListOf, version: str, left_out: str, missing: list[str]
) -> None:
    changelog = CHANGELOG.replace(left_out, "")

    found = list(unmentioned(list_of(MOVED + ANNOUNCED, version), changelog))

    assert [each.message for each in found] == [
        f"CHANGELOG.md does not mention `{each}" for each in missing
    ]
    assert {str(each.span) for each in found} <= {
        f"{deprecation_list.FILE}:2:3",
        f"{deprecation_list.FILE}:6:3",
    }
