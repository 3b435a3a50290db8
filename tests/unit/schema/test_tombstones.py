"""Keys of former days are let through, so that a sentence can be said of them, and nothing else."""

from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest

from carrel.deprecations import Deprecation
from carrel.layers import Layer, resolve
from carrel.schema.bundle import Schema
from carrel.schema.check import check_layers
from carrel.schema.shipped import shipped
from carrel.schema.tombstones import MARK, for_chart, with_tombstones
from carrel.yamlio.reader import read_values

Findings = Callable[[str], list[str]]
Accepts = Callable[[str], bool]

FORMER = [
    "notebooks: {idleStop: {enabled: 1, anything: [else]}}",
    "notebooks: {idleStop: null}",
    "notebooks: {images: {jupyter-scipy: {offer: true}}}",
    "oldLogin: {groups: 1, user: x}",
    "oldLogin: {}",
    "loginUser: a",
    "loginName: a",
    "images: {mirror: a, proxy: {b: c}}",
    "kubernetes: {flavour: k3s}",
    "notebooks: {tolerationGroups: {g: {title: G, tolerations: [{keyName: a}, {key: b}]}}}",
]
PLAN = (
    "plans: {{a: {{largestSize: small, requestsWhenUnset: {{cpu: 1, memory: 1Gi}}, "
    "quota: {{memory: 1Gi, storage: 1Gi, notebooks: 1, volumes: 1{}}}{}}}}}"
)
INSTEAD = [
    "tenants: {a: {owner: a@b.c, plan: standard}}",
    "tenants: {a: {chief: a@b.c, plan: standard}}",
    "tenants: {a: {head: a@b.c, plan: standard}}",
    PLAN.format(", cpu: 1", ""),
    PLAN.format("", ", cpus: 1"),
]
MISSING = [
    ("tenants: {a: {plan: standard}}", ["E102 tenants.a.owner"]),
    ("tenants: {a: {head: a@b.c}}", ["E102 tenants.a.plan"]),
    (PLAN.format("", ""), ["E102 plans.a.quota.cpu"]),
    (
        PLAN.replace("volumes: 1", "").format("", ", cpus: 1"),
        ["E102 plans.a.quota.volumes"],
    ),
    # There will be a quota as soon as the number is in it.
    ("plans: {a: {cpus: 1, largestSize: small}}", ["E102 plans.a.requestsWhenUnset"]),
]
STILL_WRONG = [
    ("oldLogin: {groups: 1, users: x}", "E101 oldLogin.users"),
    ("oldLogin: 1", "E103 oldLogin"),
    ("notebooks: {idleStopp: 1}", "E101 notebooks.idleStopp"),
    ("idleStop: 1", "E101 idleStop"),
    ("images: {mirrors: a}", "E101 images.mirrors"),
    ("notebooks: {images: {jupyter-scipy: {offers: 1}}}", "E101 notebooks.images.jupyter-scipy"),
    (
        "notebooks: {tolerationGroups: {g: {title: G, tolerations: [{keyname: a}]}}}",
        "E101 notebooks.tolerationGroups.g.tolerations[0]",
    ),
    ("gateway: {tls: {mode: none of these}}", "E104 gateway.tls.mode"),
]
REWORDED = "gateway: {tls: {mode: plain}}"


def read(text: str) -> Layer:
    document, found = read_values(f"{text}\n".encode(), "site.yaml")
    assert document is not None, found
    places = (document.keys, document.spans, document.literals)
    return Layer("site", "site.yaml", document.values, *places)


@pytest.fixture
def found(project_schema: Schema, past: tuple[Deprecation, ...]) -> Findings:
    """Code and path of whatever the schema of `carrel validate` has against values."""
    known = with_tombstones(project_schema, past)

    def found(text: str) -> list[str]:
        layers = [read(text)]
        resolved = resolve(project_schema.defaults(), layers)
        return [f"{each.code} {each.path}" for each in check_layers(layers, resolved, known)]

    return found


@pytest.fixture
def accepts(project_schema: Schema, past: tuple[Deprecation, ...]) -> Accepts:
    """Whether the schema that is shipped with the chart allows values."""
    validator = jsonschema_rs.Draft7Validator(shipped(for_chart(project_schema, past).root))

    def accepts(text: str) -> bool:
        return validator.is_valid(resolve(project_schema.defaults(), [read(text)]).values)

    return accepts


@pytest.mark.parametrize("text", FORMER)
def test_what_was_removed_is_let_through_with_whatever_it_held(
    found: Findings, accepts: Accepts, text: str
) -> None:
    assert found(text) == []
    assert accepts(text)


@pytest.mark.parametrize("text", INSTEAD)
def test_a_value_that_is_needed_may_stand_in_a_former_place(
    found: Findings, accepts: Accepts, text: str
) -> None:
    assert found(text) == []
    assert accepts(text)


@pytest.mark.parametrize(("text", "said"), MISSING)
def test_a_value_that_is_in_no_place_is_missing(
    found: Findings, accepts: Accepts, text: str, said: list[str]
) -> None:
    assert found(text) == said
    assert not accepts(text)


@pytest.mark.parametrize(("text", "said"), STILL_WRONG)
def test_nothing_else_is_let_through(
    found: Findings, accepts: Accepts, text: str, said: str
) -> None:
    (only,) = found(text)
    assert only.startswith(said)
    assert not accepts(text)


def test_a_former_word_is_let_through_by_the_chart_alone(found: Findings, accepts: Accepts) -> None:
    # `carrel validate` leaves the finding out where it has said what the word is today.
    assert found(REWORDED) == ["E104 gateway.tls.mode"]
    assert accepts(REWORDED)


def marks(node: Any) -> int:
    below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return sum(map(marks, below)) + (isinstance(node, dict) and MARK in node)


def test_what_is_only_announced_stays_as_it_is(
    project_schema: Schema, past: tuple[Deprecation, ...]
) -> None:
    announced = [each for each in past if not each.removed]

    assert len(announced) == 2
    assert for_chart(project_schema, announced).root == project_schema.root
    assert marks(for_chart(project_schema, past).root) > len(past) - len(announced)


def test_the_schema_itself_is_not_changed(
    project_schema: Schema, past: tuple[Deprecation, ...]
) -> None:
    for_chart(project_schema, past)

    assert marks(project_schema.root) == 0
