"""An object as leaves, so that two spellings of the same thing give the same leaves.

A leaf is a path and a value. Entries of lists that have a name of their own are found by it
(`spec.template.spec.containers.manager.image`), not by their place. Lists whose order means nothing
are sorted. What only makes sense as a whole is one leaf: a selector, a list of texts, the peers of
a NetworkPolicy, the verbs on a resource.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from operator import itemgetter

from tests.parity.containers import effective
from tests.parity.inventory import Inventory, Workload, identity_of

from carrel.diagnostics import Path
from carrel.k8s.fields import Fields, descend, labels, mapping, mappings, strings, text

Leaves = dict[Path, object]

IN_ORDER = frozenset({"argv", "args", "command"})
"""Lists of texts whose order means something."""

_UNORDERED = frozenset({"subjects", "ingress", "egress", "from", "to", "ports"})
"""Lists of mappings whose order means nothing."""

_NAMED: Mapping[str, Callable[[Fields], object]] = {
    "containers": itemgetter("name"),
    "initContainers": itemgetter("name"),
    "volumes": itemgetter("name"),
    "volumeMounts": itemgetter("mountPath"),
    "ports": lambda port: port.get("containerPort", port.get("port")),
    "servers": lambda server: mapping(server.get("port")).get("number"),
}
"""What names the entries of a list, by the list's key."""

_SAID_BY_THE_PATH = frozenset({"name", "mountPath"})
"""Keys of entries that have a name, when the name is their value."""

_SELECTING = frozenset({"Service", "NetworkPolicy", "AuthorizationPolicy", "PodDisruptionBudget"})
"""Kinds whose selector chooses pods of their own namespace."""


@dataclass(frozen=True, slots=True)
class _Whole:
    """A value that is one leaf."""

    value: object


def leaves(body: Fields, inventory: Inventory) -> Leaves:
    """All that an object says, but for its identity.

    Args:
        body: the object.
        inventory: the objects that it may refer to.
    """
    kind, metadata = text(body.get("kind")), mapping(body.get("metadata"))
    rest = {key: value for key, value in body.items() if key not in ("kind", "metadata")}
    for key in ("labels", "annotations"):
        if metadata.get(key):
            rest[key] = metadata[key]
    if kind in ("Role", "ClusterRole") and rest.get("rules"):
        rest["rules"] = _grants(rest["rules"])
    if kind == "ConfigMap":
        rest["data"] = {key: _data(value) for key, value in mapping(rest.get("data")).items()}
    spec = mapping(rest.get("spec"))
    if spec:
        rest["spec"] = _spec(kind, spec, identity_of(body).namespace, inventory)
    if kind in _SELECTING:
        rest["selects"] = [each.name for each in _selected(body, inventory)]
    return dict(_flat(_canonical(rest), ()))


def settled(value: object, key: str = "") -> object:
    """A value with unordered lists sorted and selectors as plain labels."""
    if isinstance(value, dict):
        plain = _plain_selector(value)
        return plain or {name: settled(item, name) for name, item in value.items()}
    if isinstance(value, list):
        items = [settled(item) for item in value]
        return items if key in IN_ORDER else sorted(items, key=_json)
    return value


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _canonical(value: object, key: str = "") -> object:
    if isinstance(value, dict):
        plain = _plain_selector(value)
        if plain:
            return _Whole(plain)
        return {name: _canonical(item, name) for name, item in value.items()}
    if not isinstance(value, list) or not value:
        return value
    if not all(isinstance(item, dict) for item in value):
        return _Whole(settled(value, key))
    if key in _NAMED:
        return _by_name(value, _NAMED[key])
    if key in _UNORDERED:
        return _Whole(settled(value))
    return [_canonical(item) for item in value]


def _by_name(entries: list[Fields], name: Callable[[Fields], object]) -> dict[str, object]:
    found = {}
    for entry in entries:
        own = str(name(entry))
        assert own not in found, f"{own} is there twice"
        found[own] = _canonical(
            {
                key: value
                for key, value in entry.items()
                if key not in _SAID_BY_THE_PATH or value != own
            }
        )
    return found


def _flat(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    if isinstance(value, _Whole):
        yield path, value.value
    elif isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _flat(item, (*path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _flat(item, (*path, index))
    else:
        yield path, value


def _plain_selector(value: Fields) -> dict[str, str]:
    """The labels that a selector asks for; none when it is no selector, or asks for more."""
    if not value or not value.keys() <= {"matchLabels", "matchExpressions"}:
        return {}
    plain = dict(labels(value.get("matchLabels")))
    for _, expression in mappings(value.get("matchExpressions")):
        values = strings(expression.get("values"))
        if expression.get("operator") != "In" or len(values) != 1:
            return {}
        plain[text(expression.get("key"))] = values[0]
    return plain


def _grants(rules: object) -> dict[str, object]:
    """The verbs on each resource or URL, however many rules grant them."""
    verbs: dict[str, set[str]] = {}
    for _, rule in mappings(rules):
        groups, resources = strings(rule.get("apiGroups")), strings(rule.get("resources"))
        names = strings(rule.get("resourceNames")) or [""]
        keys = [
            "/".join(filter(None, (group or "core", resource, name)))
            for group, resource, name in product(groups, resources, names)
        ]
        for key in keys + strings(rule.get("nonResourceURLs")):
            verbs.setdefault(key, set()).update(strings(rule.get("verbs")))
    return {key: _Whole(sorted(granted)) for key, granted in verbs.items()}


def _data(value: object) -> object:
    """One entry of a ConfigMap: JSON by its meaning, other text as it is, a size as a whole."""
    if not isinstance(value, str):
        return _Whole(value)
    try:
        return _json(json.loads(value))
    except ValueError:
        return value


def _spec(kind: str, spec: Fields, namespace: str, inventory: Inventory) -> dict[str, object]:
    found = dict(spec)
    for key in ("selector", "podSelector"):
        if spec.get(key):
            found[key] = _Whole(_labels_of(spec[key]))
    template = mapping(spec.get("template"))
    pod = dict(descend(template, "spec"))
    for key in ("containers", "initContainers"):
        if key in pod:
            listed = [item for _, item in mappings(pod[key])]
            pod[key] = [effective(item, namespace, inventory) for item in listed]
    if pod:
        found["template"] = {**template, "spec": pod}
    if kind in ("Service", "NetworkPolicy"):
        return _with_port_numbers(found, inventory.selected(namespace, _selector(spec)))
    return found


def _labels_of(selector: object) -> object:
    found = mapping(selector)
    return _plain_selector(found) or found


def _selector(spec: Fields) -> Mapping[str, str]:
    """The labels by which a spec chooses pods; none when it chooses by none, or by more."""
    return labels(_labels_of(spec.get("selector", spec.get("podSelector"))))


def _selected(body: Fields, inventory: Inventory) -> tuple[Workload, ...]:
    """The workloads that an object chooses; none for one that chooses all."""
    selector = _selector(mapping(body.get("spec")))
    return inventory.selected(identity_of(body).namespace, selector) if selector else ()


def _with_port_numbers(spec: dict[str, object], chosen: tuple[Workload, ...]) -> dict[str, object]:
    """A Service's or NetworkPolicy's spec with ports that are named in the pods as numbers."""
    numbers = {name: number for workload in chosen for name, number in workload.ports.items()}

    def resolved(value: object, key: str) -> object:
        if isinstance(value, dict):
            return {name: resolved(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [resolved(item, key) for item in value]
        named = key in ("targetPort", "port") and isinstance(value, str)
        return numbers.get(value, value) if named and isinstance(value, str) else value

    return {key: resolved(value, key) for key, value in spec.items()}
