"""Which value of a site a field of a component's pod comes from."""

from collections.abc import Mapping

from carrel.diagnostics import Path
from carrel.k8s.fields import descend, mapping, text
from carrel.k8s.kinds import POD_TEMPLATES
from carrel.k8s.objects import RenderedObject
from carrel.k8s.workloads import CONTAINERS


def value_behind(rendered: RenderedObject, where: Path, values: Mapping[str, object]) -> Path:
    """The path of the value that a component's object has a field from, or an empty one.

    Known are the security contexts: they are merged field by field, so that the path below them is
    the same on both sides.
    """
    template = POD_TEMPLATES.get((rendered.group, rendered.kind))
    if template is None or where[: len(template) + 1] != (*template, "spec"):
        return ()
    components = descend(values, "components")
    component, field = _key(rendered.component), where[len(template) + 1 :]
    if field[:1] == ("securityContext",) and component in components:
        return ("components", component, "podSecurityContext", *field[1:])
    if field[:1] and field[0] in CONTAINERS and field[2:3] == ("securityContext",):
        # Some pods hold a second program, which is a component of its own.
        named = _key(_container(rendered, where[: len(template) + 3]))
        owner = named if named in components else component
        return ("components", owner, "containerSecurityContext", *field[3:])
    return ()


def _container(rendered: RenderedObject, where: Path) -> str:
    """The name of the container at a path."""
    found: object = rendered.body
    for step in where:
        if isinstance(step, int):
            found = found[step] if isinstance(found, list) and step < len(found) else None
        else:
            found = mapping(found).get(step)
    return text(mapping(found).get("name"))


def _key(name: str) -> str:
    """A program's name as the key of a component: `jupyterWebApp`."""
    first, *others = name.split("-")
    return first + "".join(map(str.capitalize, others))
