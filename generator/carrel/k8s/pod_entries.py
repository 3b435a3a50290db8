"""The lists in a pod whose entries have names: none is there twice, and none is missing."""

from collections.abc import Iterable, Iterator, Mapping

from carrel.diagnostics import Diagnostic, Path
from carrel.k8s.fields import Fields, descend, mapping, mappings, text
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.k8s.workloads import PodTemplate, pod_templates

_UNIQUE = (
    ("env", "name"),
    ("ports", "containerPort"),
    ("ports", "name"),
    ("volumeDevices", "devicePath"),
    ("volumeMounts", "mountPath"),
)
"""Lists of a container, and the field that tells their entries apart. Source: the merge keys of the
Kubernetes API, and for names of ports its validation (pkg/apis/core/validation)."""

_MOUNTING = ("volumeDevices", "volumeMounts")

Entry = tuple[Path, Fields]
"""An entry of a list, and where it is."""


def check(objects: Iterable[RenderedObject], places: Places) -> Iterator[Diagnostic]:
    """What is wrong with the lists of pods.

    E413: two entries of a list are one for the API server, which refuses them or drops one. E422: a
    container mounts a volume that its pod does not have.
    """
    for template in pod_templates(objects):
        volumes = list(_entries((*template.where, "spec"), template.spec, "volumes"))
        containers = list(template.containers())
        for where, message in _repeated(volumes, containers):
            yield places.report("E413", template.owner, where, message)
        known = {text(volume.get("name")) for _, volume in volumes} | _claimed(template)
        for where, name in _mounted(containers):
            if name not in known:
                there = f"the pod has {', '.join(sorted(known)) or 'none'}"
                yield places.report(
                    "E422", template.owner, where, f"there is no volume {name!r}", there
                )


def _entries(here: Path, holder: Mapping[str, object], field: str) -> Iterator[Entry]:
    for index, entry in mappings(holder.get(field)):
        yield (*here, field, index), entry


def _repeated(volumes: list[Entry], containers: list[Entry]) -> Iterator[tuple[Path, str]]:
    yield from _twice(volumes, "name")
    yield from _twice(containers, "name")
    for where, container in containers:
        for field, key in _UNIQUE:
            yield from _twice(_entries(where, container, field), key)


def _twice(entries: Iterable[Entry], key: str) -> Iterator[tuple[Path, str]]:
    seen: set[tuple[str, str]] = set()
    for where, entry in entries:
        value = entry.get(key)
        if not isinstance(value, str | int):
            continue
        # The same number may be there for TCP and for UDP.
        protocol = text(entry.get("protocol")) or "TCP" if key == "containerPort" else ""
        if (str(value), protocol) in seen:
            yield (*where, key), f"{value} is there already, in an entry before this one"
        seen.add((str(value), protocol))


def _claimed(template: PodTemplate) -> set[str]:
    """The volumes that a StatefulSet makes for its pods."""
    claims = descend(template.owner.body, "spec").get("volumeClaimTemplates")
    return {text(mapping(claim.get("metadata")).get("name")) for _, claim in mappings(claims)}


def _mounted(containers: list[Entry]) -> Iterator[tuple[Path, str]]:
    for where, container in containers:
        for field in _MOUNTING:
            for here, entry in _entries(where, container, field):
                yield (*here, "name"), text(entry.get("name"))
