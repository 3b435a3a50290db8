"""The volumes of a pod, and the mounts that need them."""

from collections.abc import Iterable, Iterator

from carrel.diagnostics import Diagnostic, Path
from carrel.k8s.fields import descend, mapping, mappings, text
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.k8s.workloads import PodTemplate, pod_templates

_MOUNTING = ("volumeDevices", "volumeMounts")


def check(objects: Iterable[RenderedObject], places: Places) -> Iterator[Diagnostic]:
    """What is wrong with mounts.

    E422: a container mounts a volume that its pod does not have.
    """
    for template in pod_templates(objects):
        volumes = mappings(template.spec.get("volumes"))
        known = {text(volume.get("name")) for _, volume in volumes} | _claimed(template)
        for where, name in _mounted(template):
            if name not in known:
                there = f"the pod has {', '.join(sorted(known)) or 'none'}"
                message = f"there is no volume {name!r}"
                yield places.report("E422", template.owner, where, message, there)


def _claimed(template: PodTemplate) -> set[str]:
    """The volumes that a StatefulSet makes for its pods."""
    claims = descend(template.owner.body, "spec").get("volumeClaimTemplates")
    return {text(mapping(claim.get("metadata")).get("name")) for _, claim in mappings(claims)}


def _mounted(template: PodTemplate) -> Iterator[tuple[Path, str]]:
    for where, container in template.containers():
        for field in _MOUNTING:
            for index, entry in mappings(container.get(field)):
                yield (*where, field, index, "name"), text(entry.get("name"))
