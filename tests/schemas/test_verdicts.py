"""What kubeconform says with our schemas. It runs behind a proxy that refuses everything."""

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from carrel.k8s.schema_library import kubernetes_minors
from carrel.tools.kubeconform import Status, Verdict

Document = dict[str, Any]
Judge = Callable[[str, Sequence[Document]], tuple[Verdict, ...]]
Place = tuple[str | int, ...]

MINORS = ("1.33", "1.34", "1.35", "1.36", "1.37")

MISSING = object()

OPEN_NAMES = frozenset(
    {
        "annotations", "binaryData", "data", "default", "defaultRequest", "hard", "labels",
        "limits", "matchLabels", "max", "nodeSelector", "parameters", "requests", "stringData",
    }
)  # fmt: skip
"""Fields that are maps from any name to a scalar, wherever they stand."""

OPEN_PLACES = frozenset(
    {
        "CustomResourceDefinition spec.versions.0.subresources.status",
        "Gateway spec.selector",
        "ProxyConfig spec.environmentVariables",
        "Service spec.selector",
        "VirtualService spec.http.0.headers.request.add",
    }
)
"""Other maps."""

FREE_PLACES = (
    "AuthCode ",
    "ClusterIssuer spec.acme.solvers.0.dns01.webhook.config",
    "EnvoyFilter spec.configPatches.0.patch.value",
    "Profile spec.plugins.0.spec",
    "WasmPlugin spec.pluginConfig",
)
"""Where anything may stand, at any depth: the API promises to keep what it does not know."""


def title(document: Document, place: Place) -> str:
    return f"{document['kind']} {'.'.join(map(str, place))}"


def is_free(document: Document, place: Place) -> bool:
    if place[:1] == ("metadata",):
        return False
    return any(
        title(document, place).startswith(free) for free in FREE_PLACES if place or free[-1] == " "
    )


def places(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value in a document and where it stands."""
    yield place, value
    entries: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        entries = list(value.items())
    elif isinstance(value, list):
        entries = list(enumerate(value))
    for key, below in entries:
        yield from places(below, (*place, key))


def changed(document: Document, place: Place, change: Callable[[Any], Any]) -> Document:
    """A copy of the document with the value at `place` replaced."""
    if not place:
        result: Document = change(copy.deepcopy(document))
        return result
    result = copy.deepcopy(document)
    holder: Any = result
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = change(holder[place[-1]])
    return result


def with_other_versions(catalogue: Path, documents: Sequence[Document]) -> list[Document]:
    """The documents, and each again in every other version that is served."""
    versions = {}
    for file in [*catalogue.glob("crds/*.json"), *catalogue.glob("schemas/*/*.io.json")]:
        spec = json.loads(file.read_text("utf-8"))["spec"]
        names = [f"{spec['group']}/{version['name']}" for version in spec["versions"]]
        versions[(spec["group"], spec["names"]["kind"])] = names
    return [
        {**document, "apiVersion": version}
        for document in documents
        for version in versions.get(
            (document["apiVersion"].split("/")[0], document["kind"]), [document["apiVersion"]]
        )
    ]


@pytest.mark.parametrize("minor", MINORS)
def test_every_good_document_is_valid_in_every_served_version(
    judge: Judge, catalogue: Path, accepted: list[Document], minor: str
) -> None:
    documents = with_other_versions(catalogue, accepted)
    assert [
        f"{verdict.api_version} {verdict.kind}: {verdict.message}"
        for verdict in judge(minor, documents)
        if verdict.status is not Status.VALID
    ] == []


def test_there_is_a_good_document_of_each_kind_that_has_a_schema(
    catalogue: Path, accepted: list[Document]
) -> None:
    kinds = set(json.loads((catalogue / "schemas" / "kinds.json").read_text())["kubernetes"])
    for file in [*catalogue.glob("crds/*.json"), *catalogue.glob("schemas/*/*.io.json")]:
        spec = json.loads(file.read_text("utf-8"))["spec"]
        kinds |= {
            f"{spec['group']}/{version['name']}/{spec['names']['kind']}"
            for version in spec["versions"]
        }
    documents = with_other_versions(catalogue, accepted)
    assert {f"{document['apiVersion']}/{document['kind']}" for document in documents} == kinds


def test_the_versions_tested_here_are_those_of_the_catalogue(catalogue: Path) -> None:
    assert kubernetes_minors(catalogue) == MINORS


@pytest.mark.parametrize("minor", [MINORS[0], MINORS[-1]])
def test_an_unknown_field_is_refused_at_every_depth(
    judge: Judge, accepted: list[Document], minor: str
) -> None:
    nodes = [
        (document, place)
        for document in accepted
        for place, value in places(document)
        if isinstance(value, dict)
    ]
    mutants = [changed(d, place, lambda node: node | {"unexpected": "1"}) for d, place in nodes]
    allowed = {
        title(document, place)
        for (document, place), verdict in zip(nodes, judge(minor, mutants), strict=True)
        if verdict.status is Status.VALID
    }
    maps = {title(d, p) for d, p in nodes if p and p[-1] in OPEN_NAMES and not is_free(d, p)}
    free = {title(d, p) for d, p in nodes if is_free(d, p)}
    assert allowed == (maps | OPEN_PLACES | free)
    assert len(nodes) > 400


@pytest.mark.parametrize("minor", [MINORS[0], MINORS[-1]])
def test_a_value_of_another_type_is_refused_everywhere(
    judge: Judge, accepted: list[Document], minor: str
) -> None:
    leaves = [
        (document, place)
        for document in accepted
        for place, value in places(document)
        if not isinstance(value, dict | list) and place not in {("apiVersion",), ("kind",)}
    ]
    mutants = [changed(d, place, lambda _: {"unexpected": []}) for d, place in leaves]
    allowed = {
        title(document, place)
        for (document, place), verdict in zip(leaves, judge(minor, mutants), strict=True)
        if verdict.status is Status.VALID
    }
    assert allowed == {title(d, p) for d, p in leaves if is_free(d, p)}
    assert len(leaves) > 500


@pytest.mark.parametrize(
    ("since", "field"),
    [
        ("1.34", {"hostnameOverride": "desk"}),
        ("1.34", {"containers": [{"name": "a", "restartPolicyRules": [{"action": "Restart"}]}]}),
        ("1.36", {"schedulingGroup": {"podGroupName": "desks"}}),
        ("1.37", {"volumes": [{"name": "a", "emptyDir": {"mode": 448}}]}),
    ],
)
def test_a_field_is_refused_before_the_version_that_brought_it(
    judge: Judge, since: str, field: Document
) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "desk"},
        "spec": {"containers": [{"name": "a", "image": "b"}]} | field,
    }
    statuses = {minor: judge(minor, [pod])[0].status for minor in MINORS}
    assert statuses == {
        minor: Status.VALID if minor >= since else Status.INVALID for minor in MINORS
    }


def test_a_field_is_refused_after_the_version_that_removed_it(judge: Judge) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "desk"},
        "spec": {
            "containers": [{"name": "a", "image": "b"}],
            "workloadRef": {"name": "desks", "podGroup": "a"},
        },
    }
    valid = [minor for minor in MINORS if judge(minor, [pod])[0].status is Status.VALID]
    assert valid == ["1.35"]


def test_kinds_of_one_name_in_different_groups_are_not_confused(judge: Judge) -> None:
    gateway = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {"name": "gateway"},
        "spec": {"servers": []},
    }
    (verdict,) = judge("1.37", [gateway])
    assert verdict.status is Status.ERROR
    assert verdict.message == "could not find schema for Gateway"


@pytest.mark.parametrize("version", ["v1beta2", "v2", "v1alpha2"])
def test_a_version_that_nobody_serves_has_no_schema(judge: Judge, version: str) -> None:
    notebook = {"apiVersion": f"kubeflow.org/{version}", "kind": "Notebook"}
    (verdict,) = judge("1.37", [notebook])
    assert verdict.status is Status.ERROR


@pytest.mark.parametrize(
    ("kind", "place", "value"),
    [
        ("Notebook", ("spec", "template", "spec", "containers"), [{"image": "x"}]),
        ("Notebook", ("spec", "template", "spec", "containers"), []),
        ("Profile", ("spec", "resourceQuotaSpec", "hard", "requests.cpu"), "many"),
        ("Tensorboard", ("spec",), {}),
        ("Gateway", ("spec", "servers", 0, "tls", "mode"), "EASY"),
        ("DestinationRule", ("spec", "trafficPolicy", "loadBalancer", "simple"), "RANDOM"),
        ("AuthorizationPolicy", ("spec", "action"), "MAYBE"),
        ("Certificate", ("spec", "privateKey", "algorithm"), "ROT13"),
        ("NetworkPolicy", ("spec", "ingress", 0, "ports", 1), {"port": 1.5}),
        ("RoleBinding", ("roleRef",), MISSING),
        ("Deployment", ("spec", "selector"), MISSING),
        ("Deployment", ("spec", "template", "spec", "containers", 0, "name"), None),
        ("Pod", ("metadata", "creationTimestamp"), "yesterday"),
    ],
)
@pytest.mark.parametrize("minor", [MINORS[0], MINORS[-1]])
def test_what_a_schema_forbids_is_refused(
    judge: Judge, accepted: list[Document], minor: str, kind: str, place: Place, value: object
) -> None:
    good = next(document for document in accepted if document["kind"] == kind)
    *path, last = place
    bad = changed(good, tuple(path), lambda node: _with(node, last, value))
    assert [verdict.status for verdict in judge(minor, [good, bad])] == [
        Status.VALID,
        Status.INVALID,
    ]


def _merged(more: Document, node: Document) -> Document:
    return node | more


def _with(node: Any, key: str | int, value: object) -> Any:
    if value is MISSING:
        del node[key]
    else:
        node[key] = value
    return node


@pytest.mark.parametrize(
    ("kind", "place", "value"),
    [
        # A default makes a field optional, also where lists are maps by that field.
        (
            "Notebook",
            ("spec", "template", "spec", "containers", 0, "ports", 0),
            {"containerPort": 1},
        ),
        # What tools print for an object that is not stored yet.
        ("Deployment", ("metadata", "creationTimestamp"), None),
        ("Deployment", ("metadata", "creationTimestamp"), "2026-01-01T00:00:00Z"),
        ("Deployment", ("spec", "strategy", "rollingUpdate", "maxSurge"), "10%"),
        ("Deployment", ("spec", "template", "spec", "nodeSelector"), None),
        ("LimitRange", ("spec", "limits", 0, "max", "cpu"), 1.5),
        ("Profile", ("spec", "resourceQuotaSpec", "hard", "requests.cpu"), "500m"),
        ("Profile", ("metadata", "labels"), {"a": "b"}),
        ("VirtualService", ("status",), {"observedGeneration": 3}),
    ],
)
@pytest.mark.parametrize("minor", [MINORS[0], MINORS[-1]])
def test_what_a_server_accepts_is_accepted(
    judge: Judge, accepted: list[Document], minor: str, kind: str, place: Place, value: object
) -> None:
    good = next(document for document in accepted if document["kind"] == kind)
    *path, last = place
    (verdict,) = judge(minor, [changed(good, tuple(path), lambda node: _with(node, last, value))])
    assert verdict.message == ""


def test_a_schema_may_describe_properties_named_like_keywords(
    judge: Judge, accepted: list[Document]
) -> None:
    definition = next(d for d in accepted if d["kind"] == "CustomResourceDefinition")
    place = ("spec", "versions", 0, "schema", "openAPIV3Schema")
    for keyword, value in {
        "$ref": "#/x",
        "description": "a",
        "default": {"any": "thing"},
        "enum": ["a"],
        "required": ["a"],
        "x-kubernetes-preserve-unknown-fields": True,
    }.items():
        named = {"named": {"type": "object", keyword: value}}
        document = changed(definition, (*place, "properties"), partial(_merged, named))
        (verdict,) = judge("1.37", [document])
        assert verdict.message == "", keyword
    document = changed(definition, place, lambda node: node | {"description": 1})
    (verdict,) = judge("1.37", [document])
    assert verdict.status is Status.INVALID
