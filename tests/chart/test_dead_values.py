"""Every value does something: each one, changed, changes what is rendered, or is refused."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.chart.conftest import PROGRAMS

from carrel.diagnostics import dotted
from carrel.layers import Layer, fold
from carrel.schema.bundle import Schema, load
from carrel.tools.helm_failure import TemplateError

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Values

NOTES_ONLY = {"site.name", "platform.proved"}
"""Values that Helm shows the installer and no object needs; test_notes.py changes both."""

SEVERAL = tuple(name for name in PROGRAMS if name != "notebookController")
AUTHORITY = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
RICH: dict[str, Any] = {
    "site": {"name": "rich", "platform": "vanilla"},
    "platform": {"name": "vanilla", "proved": True},
    "crds": {"enabled": False},
    "images": {"registry": "mirror.example", "pullSecrets": ["login"]},
    "gateway": {"tls": {"mode": "secret", "secretName": "tls"}},
    "identity": {
        "mode": "demo",
        "demo": {"user": "ada@example.com"},
        "admins": ["a@b.c"],
        "dex": {
            "users": {"ada": {"email": "ada@example.com"}},
            "connectors": {
                "staff": {
                    "type": "ldap",
                    "title": "Staff",
                    "existingSecret": "staff",
                    "ldap": {
                        "host": "ldap.example",
                        "bindDn": "cn=a",
                        "userSearch": {"baseDn": "ou=a"},
                        "groupSearch": {"baseDn": "ou=b"},
                    },
                },
                "login": {
                    "type": "oidc",
                    "title": "Login",
                    "existingSecret": "login",
                    "oidc": {"issuer": "https://login.example", "clientId": "dex"},
                },
                "idp": {
                    "type": "saml",
                    "title": "IdP",
                    "saml": {"ssoUrl": "https://idp.example", "ca": AUTHORITY},
                },
            },
        },
    },
    "components": {
        name: {
            "enabled": True,
            "replicas": 2 if name in SEVERAL else 1,
            "extraEnv": {"A": "b"},
            "extraVolumes": {"scratch": {"emptyDir": {}}},
            "extraVolumeMounts": {"/scratch": {"name": "scratch"}},
            "config": {"documentation": {"Help": {"link": "/help"}}} if name == "dashboard" else {},
        }
        for name in PROGRAMS
    },
    "notebooks": {
        "culling": {"enabled": True, "stopsRegardlessOfUse": ["vscode", "rstudio"]},
        "affinityGroups": {"fast": {"title": "Fast", "affinity": {"nodeAffinity": {}}}},
        "tolerationGroups": {"gpu": {"title": "GPU", "tolerations": [{"operator": "Exists"}]}},
    },
    "plans": {
        "tiny": {
            "quota": {
                **{"cpu": 1, "memory": "1Gi", "storage": "1Gi", "notebooks": 1, "volumes": 1},
                "gpus": {"nvidia.com/gpu": 1},
            },
            "largestSize": "small",
            "requestsWhenUnset": {"cpu": 0.2, "memory": "0.2Gi"},
        }
    },
    "groups": {"staff": ["bob@b.c"]},
    "tenants": {
        "team": {
            "owner": "ada@example.com",
            "plan": "tiny",
            "members": {"eve@b.c": "edit"},
            "groups": {"staff": "edit"},
            "labels": {"cost": "1"},
        },
        "other": {"owner": "ada@example.com", "plan": "standard"},
    },
    "extraObjects": {
        "map": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}},
    },
}
"""A site in which nearly everything matters."""

OTHER_WAYS: tuple[dict[str, Any], ...] = (
    {
        "identity": {
            "mode": "external",
            "oidc": {"issuer": "https://login.example", "clientId": "desks"},
        },
        "gateway": {"existing": "ingress/shared", "host": "desks.example"},
    },
    {"identity": {"mode": "dex"}, "gateway": {"host": "desks.example"}},
    {
        "notebooks": {"images": {"codeserver-python": {"state": "off"}}},
        "certificates": {"mode": "existing", "caBundle": AUTHORITY},
    },
)
"""Turns taken over the site above, for what matters only then."""

KUBERNETES: dict[str, Any] = {
    "PodSecurityContext": {"fsGroup": 7},
    "SecurityContext": {"runAsGroup": 7},
    "Affinity": {"podAntiAffinity": {}},
    "Toleration": {"key": "changed", "operator": "Exists"},
    "TopologySpreadConstraint": {
        **{"maxSkew": 3, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"},
    },
    "Volume": {"emptyDir": {"medium": "Memory"}},
}
"""Another value for each core type that values take."""

Keys = tuple[str, ...]


def merged(*trees: "Values") -> dict[str, Any]:
    return fold([Layer("site", "", dict(tree), {}, {}) for tree in trees])


def put(path: Keys, value: Any) -> dict[str, Any]:
    """A tree that holds one value."""
    for key in reversed(path):
        value = {key: value}
    return dict(value)


@pytest.fixture(scope="module")
def schema(project_root: Path) -> Schema:
    return load(project_root / "generator/schema")


def leaves(schema: Schema, node: Any, value: Any, path: Keys) -> Iterator[tuple[Keys, Any, Any]]:
    """Path, schema and present value of each leaf; a map by name is walked through its entries."""
    if "x-kubernetes" in node or node.get("type") != "object":
        yield path, node, value
        return
    given = value if isinstance(value, dict) else {}
    properties = node.get("properties", {})
    for name, below in properties.items():
        if below.get("type") == "object" and below.get("required") and name not in given:
            # A block that is for entries of another kind.
            continue
        present = given.get(name, below.get("default"))
        yield from leaves(schema, below, present, (*path, name))
    if properties:
        return
    for name, below in given.items():
        yield from leaves(schema, node["additionalProperties"], below, (*path, name))
    if not given:
        yield path, node, value


def others(node: Any, value: Any) -> Iterator[Any]:
    """Other values that the schema may take; Helm refuses those that it does not."""
    if "x-kubernetes" in node:
        yield KUBERNETES[node["x-kubernetes"]]
    elif "enum" in node:
        yield from (choice for choice in node["enum"] if choice != value)
    elif node["type"] == "array":
        yield [next(others(node["items"], (value or [None])[0]))]
    elif node["type"] == "object":
        name = next(others({"type": "string", **node["propertyNames"]}, None))
        below = node["additionalProperties"]
        if below["type"] != "object" or "x-kubernetes" in below:
            yield {name: next(others(below, None))}
        else:
            required = below.get("required", ())
            yield {name: {key: next(others(below["properties"][key], None)) for key in required}}
    elif node["type"] == "boolean":
        yield not value
    else:
        yield from _others_of_scalar(node, value)


def _others_of_scalar(node: Any, value: Any) -> Iterator[Any]:
    types = {node["type"]} if isinstance(node["type"], str) else set(node["type"])
    if types & {"integer", "number"} and not isinstance(value, str):
        number = value or 0
        low, high = node.get("minimum", 0), node.get("maximum", 10**6)
        yield from (each for each in (number + 1, number - 1) if low <= each <= high)
    if "string" in types:
        samples = (
            *node.get("examples", ()),
            *("changed", "/changed", "changed/other", "other.example", "https://a.b", "x@y.z"),
            *("3Gi", "9", "none", "sha256:" + "1" * 64, ""),
        )
        yield from (
            each
            for each in samples
            if isinstance(each, str)
            and each != value
            and re.search(node.get("pattern", ""), each)
            and len(each) >= node.get("minLength", 0)
        )


def all_leaves(schema: Schema) -> list[tuple[Keys, Any, Any]]:
    values = merged(schema.defaults(), RICH)
    return list(leaves(schema, schema.root, values, ()))


GROUPS = (
    *("site", "platform", "kubernetes", "scope", "shard", "shards", "crds", "images"),
    *(
        "namespaces",
        "podSecurity",
        "certificates",
        "monitoring",
        "mesh",
        "gateway",
        "identity",
        "guardrails",
        "extraObjects",
    ),
    *("plans", "groups", "tenants"),
    *(f"components.{name}" for name in ("accessManagement", *PROGRAMS)),
    *(
        f"notebooks.{name}"
        for name in (
            *("images", "sizes", "limitFactor", "defaults", "form", "home", "shm"),
            *("affinityGroups", "tolerationGroups", "culling", "podTemplate", "rights"),
        )
    ),
)


def is_in(path: Keys, group: str) -> bool:
    return path[: group.count(".") + 1] == tuple(group.split("."))


def test_every_leaf_is_in_one_group(schema: Schema) -> None:
    for path, node, _ in all_leaves(schema):
        in_group = any(is_in(path, group) for group in GROUPS)
        assert in_group or node.get("x-consumer") == "generator", dotted(path)


def noticed(
    chart: "Chart", base: dict[str, Any], change: dict[str, Any], folder: Path | None
) -> bool | None:
    """Whether a change is refused or shows in either release; None: the schema does not take it."""
    for scope in ("platform", "tenants"):
        after = chart.printed("", merged(base, change), scope=scope, chart=folder)
        if isinstance(after, TemplateError):
            return None if after.template is None else True
        if after != chart.printed("", base, scope=scope, chart=folder):
            return True
    return False


def is_alive(chart: "Chart", path: Keys, node: Any, value: Any, folder: Path | None = None) -> bool:
    for turn in ({}, *OTHER_WAYS):
        base = merged(RICH, turn)
        present: Any = base
        for key in path:
            present = present.get(key, value) if isinstance(present, dict) else value
        taken = 0
        for other in others(node, present):
            verdict = noticed(chart, base, put(path, other), folder)
            if verdict:
                return True
            taken += verdict is False
            if taken == 3:
                break
        assert taken, f"no other value was found for {dotted(path)}"
    return False


@pytest.mark.parametrize("group", GROUPS)
def test_a_changed_value_is_noticed(chart: "Chart", schema: Schema, group: str) -> None:
    dead = []
    checked = 0
    for path, node, value in all_leaves(schema):
        if not is_in(path, group) or dotted(path) in NOTES_ONLY:
            continue
        if node.get("x-consumer") == "generator":
            continue
        checked += 1
        if not is_alive(chart, path, node, value):
            dead.append(dotted(path))
    assert dead == []
    assert checked or group == "kubernetes"


def test_a_value_that_nothing_reads_is_found(
    chart: "Chart", schema: Schema, chart_copy: Path
) -> None:
    template = chart_copy / "templates/dashboard/config.yaml"
    text = template.read_text()
    assert "$page.link" in text
    template.write_text(text.replace("$page.link", '"/nowhere"'))
    path = ("components", "dashboard", "config", "documentation", "Help", "link")
    (leaf,) = (each for each in all_leaves(schema) if each[0] == path)
    assert is_alive(chart, *leaf)
    assert not is_alive(chart, *leaf, folder=chart_copy)


def test_exceptions_are_values(schema: Schema) -> None:
    known = {dotted(path) for path, _, _ in all_leaves(schema)}
    assert known >= NOTES_ONLY
