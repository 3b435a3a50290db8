"""A value in a file where Helm would not look for it, or that hides a mistake, is refused there."""

import pytest

from carrel.layers import Layer, LayerName
from carrel.schema.bundle import Schema
from carrel.schema.layer_keys import misplaced
from carrel.yamlio.reader import read_values


def found(schema: Schema, name: LayerName, text: str) -> list[str]:
    document, _ = read_values(text.encode(), "f")
    assert document is not None
    layer = Layer(name, "f", document.values, document.keys, document.spans)
    return [each.text() for each in misplaced([layer], schema)]


@pytest.mark.parametrize("name", ["platform", "site", "tenants", "--set"])
@pytest.mark.parametrize("key", ["scope", "shard"])
def test_no_file_says_which_release_it_is(
    project_schema: Schema, name: LayerName, key: str
) -> None:
    assert found(project_schema, name, f"{key}: 1") == [
        f"f:1:1: error[E114] {key}: every release has its own, which carrel render sets "
        "(leave it out)"
    ]


def test_only_the_platform_s_file_says_what_it_is(project_schema: Schema) -> None:
    values = "site: {name: a}\nplatform: {proved: true}"

    assert found(project_schema, "platform", values) == []
    for name in ("site", "--set"):
        assert found(project_schema, name, values) == [
            "f:2:1: error[E114] platform: only values/platforms/<platform>.yaml says what the kind "
            "of cluster is (leave it out)"
        ]


def test_a_tenants_file_holds_people_only(project_schema: Schema) -> None:
    values = "groups: {}\ntenants: {}\nplans: {}\nnotebooks: {}\nunknown: 1"
    others = ["plans", "notebooks"]

    assert found(project_schema, "site", values) == []
    assert found(project_schema, "tenants", values) == [
        f"f:{line}:1: error[E114] {name}: the platform release never reads this file "
        "(write it in site.yaml)"
        for line, name in enumerate(others, 3)
    ]
