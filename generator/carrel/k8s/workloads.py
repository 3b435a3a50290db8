"""The pods that objects describe."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from carrel.diagnostics import Path
from carrel.k8s.fields import Fields, descend, labels, mapping, mappings, text
from carrel.k8s.kinds import POD_TEMPLATES
from carrel.k8s.objects import RenderedObject

CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
"""The lists of containers in a pod's spec."""


@dataclass(frozen=True, slots=True)
class PodTemplate:
    """The pods of one object.

    Attributes:
        owner: the object.
        where: the field that holds the template; empty when the object is the pod.
        labels: labels of its pods.
        spec: their spec.
    """

    owner: RenderedObject
    where: Path
    labels: Mapping[str, str] = field(repr=False)
    spec: Fields = field(repr=False)

    @property
    def namespace(self) -> str:
        """The namespace of the pods."""
        return self.owner.namespace

    def containers(self) -> Iterator[tuple[Path, Fields]]:
        """Each container with the field that holds it."""
        for group in CONTAINERS:
            for index, container in mappings(self.spec.get(group)):
                yield (*self.where, "spec", group, index), container

    def port_names(self) -> frozenset[str]:
        """The names of its containers' ports."""
        return frozenset(
            text(port.get("name"))
            for _, container in self.containers()
            for _, port in mappings(container.get("ports"))
        )


def pod_template(rendered: RenderedObject) -> PodTemplate | None:
    """The pod template in an object, or None when it makes no pods."""
    path = POD_TEMPLATES.get((rendered.group, rendered.kind))
    if path is None:
        return None
    template = descend(rendered.body, *path)
    pod_labels = dict(labels(descend(template, "metadata").get("labels")))
    if rendered.kind == "Notebook":
        # The notebook controller copies the Notebook's labels and adds these two.
        pod_labels |= labels(descend(rendered.body, "metadata").get("labels"))
        pod_labels |= {"statefulset": rendered.name, "notebook-name": rendered.name}
    return PodTemplate(rendered, path, pod_labels, mapping(template.get("spec")))


def pod_templates(objects: Iterable[RenderedObject]) -> tuple[PodTemplate, ...]:
    """The pod templates of all objects."""
    found = map(pod_template, objects)
    return tuple(template for template in found if template is not None)
