"""What notebooks need that people make with the form: only their template is rendered."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from carrel.diagnostics import Path
from carrel.k8s.fields import descend, text
from carrel.k8s.objects import RenderedObject
from carrel.k8s.pod_references import pull_secrets
from carrel.k8s.reference import Reference
from carrel.yamlio.reader import read_objects

_CONFIG_MAP, _KEY = "jupyter-web-app-notebook-template", "notebook_template.yaml"
_POD = ("spec", "template", "spec")


def references_of_notebooks(objects: Sequence[RenderedObject]) -> Iterator[Reference]:
    """The registry logins in the form's template, once for the namespace of every tenant."""
    for rendered in objects:
        if (rendered.kind, rendered.name, rendered.is_extra) == ("ConfigMap", _CONFIG_MAP, False):
            (notebook,) = read_objects(text(descend(rendered.body, "data").get(_KEY)))
            here: Path = ("data", _KEY, *_POD)
            for reference in pull_secrets(rendered, here, descend(notebook, *_POD)):
                for tenant in _tenants(objects):
                    target = reference.target._replace(namespace=tenant)
                    yield replace(reference, target=target)


def _tenants(objects: Sequence[RenderedObject]) -> Iterator[str]:
    for rendered in objects:
        if (rendered.group, rendered.kind) == ("kubeflow.org", "Profile"):
            yield rendered.name
