"""All objects of one side, upstream's or ours, and what can be looked up among them."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from carrel.k8s.fields import Fields, descend, labels, mapping, mappings, text
from carrel.k8s.objects import Identity

_HASH = re.compile(r"-[2456789bcdfghkmt]{10}")
"""What kustomize appends to a generated name: ten of the letters that its encoding leaves."""

_FACT_KEYS = ("name", "namespace", "labels", "annotations")


def identity_of(body: Fields) -> Identity:
    """What tells an object from every other one."""
    metadata = mapping(body.get("metadata"))
    group, slash, _ = text(body.get("apiVersion")).rpartition("/")
    return Identity(
        group if slash else "",
        text(body.get("kind")),
        text(metadata.get("namespace")),
        text(metadata.get("name")),
    )


def read_facts(file: Path) -> dict[str, tuple[Fields, ...]]:
    """The objects of each upstream component, in the form of the Kubernetes API.

    The facts keep metadata at top level, large texts as `{"bytes": N}`, and of definitions of
    custom resources nothing but the name.
    """
    facts = json.loads(file.read_text("utf-8"))
    return {
        name: tuple(_as_in_the_api(fact) for fact in objects)
        for name, objects in facts["components"].items()
    }


def _as_in_the_api(fact: Fields) -> Fields:
    metadata = {key: fact[key] for key in _FACT_KEYS if key in fact}
    rest = {key: value for key, value in fact.items() if key not in metadata}
    return {"apiVersion": "apiextensions.k8s.io/v1", **rest, "metadata": metadata}


def without_hash(name: str) -> str:
    """The name that kustomize appended a hash to.

    Raises:
        ValueError: the name ends in no hash.
    """
    stem, found = name[:-11], _HASH.fullmatch(name[-11:])
    if not found:
        raise ValueError(f"{name} ends in no hash of kustomize")
    return stem


def renamed(value: object, names: Mapping[str, str]) -> object:
    """The value with every text that is one of the names replaced, keys excepted."""
    if isinstance(value, dict):
        return {key: renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment, StatefulSet or DaemonSet.

    Attributes:
        name: kind and name, such as `Deployment/dashboard`.
        labels: the labels of its pods.
        ports: number by name, of all its containers.
    """

    name: str
    labels: Mapping[str, str]
    ports: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Inventory:
    """The objects of one side.

    Attributes:
        objects: the objects by identity.
    """

    objects: Mapping[Identity, Fields]

    @classmethod
    def of(cls, bodies: Iterable[Fields]) -> "Inventory":
        """The inventory of objects, none of which may be there twice."""
        objects: dict[Identity, Fields] = {}
        for body in bodies:
            identity = identity_of(body)
            assert identity not in objects, f"{identity} is there twice"
            objects[identity] = body
        return cls(objects)

    def config(self, namespace: str, name: str) -> Mapping[str, str]:
        """The texts in a ConfigMap; none when there is no such ConfigMap."""
        body = self.objects.get(Identity("", "ConfigMap", namespace, name), {})
        return labels(body.get("data"))

    def selected(self, namespace: str, selector: Mapping[str, str]) -> tuple[Workload, ...]:
        """The workloads of a namespace whose pods carry all labels of a selector, by name."""
        found = [
            workload
            for workload in self._workloads(namespace)
            if selector.items() <= workload.labels.items()
        ]
        return tuple(sorted(found, key=lambda workload: workload.name))

    def _workloads(self, namespace: str) -> Iterator[Workload]:
        for identity, body in self.objects.items():
            if identity.group != "apps" or identity.namespace != namespace:
                continue
            template = descend(body, "spec", "template")
            yield Workload(
                f"{identity.kind}/{identity.name}",
                labels(descend(template, "metadata", "labels")),
                {
                    text(port.get("name")): number
                    for _, container in mappings(descend(template, "spec").get("containers"))
                    for _, port in mappings(container.get("ports"))
                    if isinstance(number := port.get("containerPort"), int)
                },
            )
