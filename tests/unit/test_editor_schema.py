"""The schemas for editors take what one file of a site may say, and explain it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from carrel.build.editor_schema import SITE, TENANTS, editor_schemas, modeline
from carrel.schema.bundle import Schema, load
from carrel.yamlio.reader import read_objects

ROOT = Path(__file__).resolve().parents[2]
Judge = Draft7Validator


@pytest.fixture(scope="module")
def schema() -> Schema:
    """generator/schema."""
    return load(ROOT / "generator" / "schema")


@pytest.fixture(scope="module")
def documents(schema: Schema) -> dict[str, Any]:
    """Path → schema."""
    return {path: json.loads(text) for path, text in editor_schemas(schema).items()}


@pytest.fixture(scope="module")
def site(documents: Mapping[str, Any]) -> Judge:
    """The schema of site.yaml."""
    return Draft7Validator(documents[SITE])


@pytest.fixture(scope="module")
def tenants(documents: Mapping[str, Any]) -> Judge:
    """The schema of tenants files."""
    return Draft7Validator(documents[TENANTS])


def single_values(values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each leaf and each empty map of `values` alone, in the maps that it is in."""
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from ({name: below} for below in single_values(value))
        else:
            yield {name: value}


def nodes(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every schema of a value below a schema; the types of Kubernetes are not entered."""
    below = list(schema.get("properties", {}).values())
    below += [schema[key] for key in ("additionalProperties", "items") if key in schema]
    for node in below:
        if isinstance(node, dict):
            yield node
            yield from nodes(node)


def test_they_are_draft_07_and_say_so(documents: Mapping[str, Any]) -> None:
    for document in documents.values():
        Draft7Validator.check_schema(document)
        assert document["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_a_file_may_say_nothing(site: Judge, tenants: Judge) -> None:
    assert site.is_valid({})
    assert tenants.is_valid({})


def test_a_file_may_say_one_thing_alone(site: Judge, schema: Schema) -> None:
    alone = list(single_values(schema.defaults()))

    assert len(alone) > 200
    assert [each for each in alone if not site.is_valid(each)] == []


@pytest.mark.parametrize("file", sorted((ROOT / "values").rglob("*.yaml")), ids=str)
def test_the_example_sites_and_platforms_fit(site: Judge, tenants: Judge, file: Path) -> None:
    (values,) = read_objects(file.read_text("utf-8"))

    assert (tenants if file.stem == "tenants" else site).is_valid(values)


@pytest.mark.parametrize(
    ("values", "valid"),
    [
        # The defaults have these entries, so a file may change a part of one, or remove it.
        ({"notebooks": {"images": {"jupyter-scipy": {"state": "off"}}}}, True),
        ({"notebooks": {"images": {"jupyter-scipy": {"image": {"tag": "v1"}}}}}, True),
        ({"notebooks": {"images": {"jupyter-scipy": None}}}, True),
        ({"plans": {"standard": {"quota": {"cpu": 4}}}}, True),
        # An entry of one's own is whole.
        ({"notebooks": {"images": {"mine": {"state": "off"}}}}, False),
        ({"notebooks": {"images": {"mine": None}}}, False),
        ({"plans": {"mine": {"quota": {"cpu": 4}}}}, False),
        ({"tenants": {"astronomy": {"owner": "ada@example.com"}}}, False),
        ({"tenants": {"astronomy": {"owner": "ada@example.com", "plan": "standard"}}}, True),
        # What the chart needs cannot be taken away.
        ({"kubernetes": {"version": None}}, False),
        ({"notebooks": None}, False),
        ({"notebooks": {"images": {"jupyter-scipy": {"image": {"tag": None}}}}}, True),
        ({"notebooks": {"images": {"jupyter-scipy": {"image": {"registry": None}}}}}, False),
    ],
)
def test_an_entry_is_whole_unless_the_defaults_have_it(
    site: Judge, values: dict[str, Any], valid: bool
) -> None:
    assert site.is_valid(values) is valid


def test_a_typo_is_refused_at_every_depth(site: Judge, schema: Schema) -> None:
    def spoilt(values: dict[str, Any]) -> dict[str, Any]:
        ((name, value),) = values.items()
        if isinstance(value, dict) and value:
            return {name: spoilt(value)}
        return {name: value, "tpYo ": value}

    alone = single_values(schema.defaults())
    accepted = [each for each in map(spoilt, alone) if site.is_valid(each)]

    assert accepted == []


def test_a_tenants_file_holds_people_only(documents: Mapping[str, Any]) -> None:
    assert set(documents[TENANTS]["properties"]) == {"groups", "tenants"}
    for name in ("groups", "tenants"):
        mine, other = (documents[path]["properties"][name] for path in (SITE, TENANTS))
        assert mine == other


def test_everything_is_explained_and_nothing_of_ours_is_left(
    documents: Mapping[str, Any], schema: Schema
) -> None:
    for document in documents.values():
        found = list(nodes(document))
        assert [node for node in found if not node.get("description")] == []
        assert '"x-' not in json.dumps(document)
    assert set(documents[SITE]["properties"]) == set(schema.root["properties"])


def test_names_in_brackets_survive_markdown(documents: Mapping[str, Any]) -> None:
    name = documents[SITE]["properties"]["site"]

    assert "values/sites/<site>/site.yaml" in name["description"]
    assert "values/sites/&lt;site>/site.yaml" in name["markdownDescription"]


def test_a_default_is_one_that_an_editor_may_write(documents: Mapping[str, Any]) -> None:
    defaults = [node["default"] for node in nodes(documents[SITE]) if "default" in node]

    assert 240 in defaults
    assert False in defaults
    assert not [each for each in defaults if each == "" or isinstance(each, dict | list)]


def test_the_modeline_leads_from_a_file_to_its_schema() -> None:
    file = ROOT / "values" / "sites" / "lab" / "site.yaml"
    comment, _, path = modeline(3).partition("$schema=")

    assert comment == "# yaml-language-server: "
    assert (file.parent / path).resolve() == ROOT / SITE
