"""Values that the schema refuses are named at their place, in one sentence that says what to do."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from carrel.codes import CODES
from carrel.diagnostics import Diagnostic
from carrel.schema.bundle import Schema, load

SchemaOf = Callable[..., Schema]
Judge = Callable[..., list[Diagnostic]]


FIXTURES = Path(__file__).parents[2] / "fixtures" / "schema"
SENTENCES = yaml.safe_load((FIXTURES / "sentences.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def desks() -> Schema:
    """A schema that has one value of every kind."""
    return load(FIXTURES / "desks", "schema")


@pytest.mark.parametrize("case", SENTENCES, ids=lambda case: case["values"])
def test_one_sentence_at_the_place(desks: Schema, judge: Judge, case: dict[str, str]) -> None:
    assert [each.text() for each in judge(desks, case["values"])] == [case["finding"]]


def test_every_code_of_a_shape_has_its_sentence() -> None:
    shapes = {code for code in CODES if "E101" <= code < "E151"}
    said = "".join(case["finding"] for case in SENTENCES)

    # Only a schema with conditions can refuse a value for no other reason, see below; the others
    # are about the list of removed values, and about which file a value is in.
    silent = {code for code in shapes if f"[{code}]" not in said}
    assert silent == {"E110", "E112", "E113", "E114"}


def test_what_is_right_is_accepted(desks: Schema, judge: Judge) -> None:
    assert judge(desks, "") == []
    assert judge(desks, "seats: 5\nsite: {name: lab}\ntenants: {a: {owner: b, plan: {}}}") == []


def test_every_mistake_is_found_in_one_run(desks: Schema, judge: Judge) -> None:
    found = judge(desks, "seats: 0\nversion: 1\nlables: {}\nreaders: [1, 2]\nsite: {name: A}\n")

    assert [(each.code, each.span and each.span.line) for each in found] == [
        ("E106", 1),
        ("E103", 2),
        ("E101", 3),
        ("E103", 4),
        ("E103", 4),
        ("E105", 5),
    ]


def test_a_value_is_blamed_on_the_file_that_wins(desks: Schema, judge: Judge) -> None:
    assert [str(each.span) for each in judge(desks, "seats: 1", "enabled: no\nseats: 0")] == [
        "2.yaml:2:8"
    ]
    assert judge(desks, "seats: 0", "seats: 1") == []


def test_an_unknown_key_is_found_even_where_a_later_file_removes_it(
    desks: Schema, judge: Judge
) -> None:
    found = judge(desks, "site: {nane: x}", "site: {nane: null}")

    assert [each.text() for each in found] == [
        "1.yaml:1:8: error[E101] site.nane: unknown key (did you mean name?)",
        "2.yaml:1:8: error[E101] site.nane: unknown key (did you mean name?)",
    ]


def test_an_unknown_key_is_found_even_in_a_list_that_a_later_file_replaces(
    project_schema: Schema, judge: Judge
) -> None:
    text = "components: {dashboard: {tolerations: [%s]}}"

    found = judge(project_schema, text % "{kee: gpu}", text % "{key: gpu}")

    assert [each.text() for each in found] == [
        "1.yaml:1:41: error[E101] components.dashboard.tolerations[0].kee: unknown key "
        "(did you mean key?)"
    ]


def test_a_number_is_quoted_as_the_file_that_wins_has_it(desks: Schema, judge: Judge) -> None:
    def quoted(*texts: str) -> list[str]:
        return [each.message.split()[0] for each in judge(desks, *texts)]

    assert quoted("labels: {a: 1.30}", "seats: 3") == ["1.30"]
    assert quoted("labels: {a: 1.30}", "labels: {a: 2.50}") == ["2.50"]


def test_a_key_below_a_list_is_looked_for_too(project_schema: Schema, judge: Judge) -> None:
    text = """\
components:
  dashboard:
    tolerations:
      - {key: gpu, operatr: Exists}
    affinity:
      podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologykey: zone}]}
"""

    assert [each.text().split(": ", 1)[1] for each in judge(project_schema, text)] == [
        "error[E101] components.dashboard.tolerations[0].operatr: unknown key "
        "(did you mean operator?)",
        "error[E102] components.dashboard.affinity.podAntiAffinity."
        "requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: this key is missing "
        "(the chart needs it)",
        "error[E101] components.dashboard.affinity.podAntiAffinity."
        "requiredDuringSchedulingIgnoredDuringExecution[0].topologykey: unknown key "
        "(did you mean topologyKey?)",
    ]


def test_a_condition_says_what_it_depends_on(schema_of: SchemaOf, judge: Judge) -> None:
    schema = schema_of(
        """
identity:
  type: object
  description: Who people are.
  properties:
    mode: {type: string, description: Mode., default: external, enum: [external, demo]}
    user: {type: string, description: The user., default: x, examples: [ada]}
  allOf:
    - if: {properties: {mode: {const: demo}}}
      then: {properties: {user: {minLength: 1}}}
      else: {properties: {user: {const: x}}}
"""
    )

    assert [each.text() for each in judge(schema, "identity: {mode: demo, user: ''}")] == [
        "1.yaml:1:30: error[E107] identity.user: while mode is demo, this must not be empty; "
        "write for example ada"
    ]
    assert [each.text() for each in judge(schema, "identity: {user: bob}")] == [
        '1.yaml:1:18: error[E104] identity.user: while mode is not demo, "bob" is not a choice; '
        "write x"
    ]


def test_a_value_that_is_never_allowed_is_said_to_be_so(schema_of: SchemaOf, judge: Judge) -> None:
    schema = schema_of("desk: {type: string, description: A desk., default: '', not: {const: x}}")

    assert [each.text() for each in judge(schema, "desk: x")] == [
        '1.yaml:1:7: error[E110] desk: "x" is not allowed here'
    ]


@pytest.mark.parametrize("wrong", [None, 0, -1.5, "", "x y\n", True, [], ["a", "a"], {}, {"x": 1}])
def test_whatever_is_written_where_each_value_is_named_at_its_place(
    project_schema: Schema, judge: Judge, wrong: object
) -> None:
    """As many places as the validator refuses, each with one printable line."""

    def with_wrong(value: object) -> object:
        if isinstance(value, dict) and value:
            return {key: with_wrong(below) for key, below in value.items()}
        return wrong

    text = json.dumps(with_wrong(project_schema.defaults()))
    found = judge(project_schema, text)

    assert len(found) > 20
    for each in found:
        assert each.span is not None
        assert text[each.span.column - 1] not in " :,", each
        assert each.message.isprintable()
        assert len(each.text()) < 500


def test_helm_s_global_is_not_a_value_of_ours(project_schema: Schema, judge: Judge) -> None:
    assert [each.code for each in judge(project_schema, "global: {a: 1}")] == ["E101"]
