"""What whoever installs a site must be allowed to do."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from carrel.cluster.api import Action
from carrel.cluster.rendered_site import RenderedSite
from carrel.diagnostics import Diagnostic
from carrel.k8s.objects import RenderedObject

if TYPE_CHECKING:
    from carrel.cluster.observation import Observation, Resource

# What `helm upgrade --install` and `kubectl apply --server-side` do to an object.
_VERBS = ("get", "create", "patch", "delete")
_RECORDS = ("get", "list", "create", "update", "delete")
_RBAC = "rbac.authorization.k8s.io"
_MOST_NAMED = 6


def needed(
    objects: Iterable[RenderedObject],
    served: "Mapping[tuple[str, str], Resource]",
    namespace: str,
) -> tuple[Action, ...]:
    """Everything that installing these objects takes.

    Args:
        objects: those of the site.
        served: the kinds that the cluster serves.
        namespace: of the Helm releases, whose records are Secrets.
    """
    actions: dict[Action, None] = {}
    for rendered in objects:
        resource = served.get((rendered.api_version, rendered.kind))
        if resource is not None:
            for verb in _VERBS:
                actions[Action(verb, resource.group, resource.name)] = None
    for verb in _RECORDS:
        actions[Action(verb, "", "secrets", namespace)] = None
    # Kubernetes lets nobody grant what they do not hold themselves.
    actions[Action("escalate", _RBAC, "clusterroles")] = None
    actions[Action("bind", _RBAC, "clusterroles")] = None
    return tuple(actions)


def check(seen: "Observation", site: RenderedSite) -> Iterator[Diagnostic]:
    """The caller may do all of it."""
    refused: dict[tuple[str, str], list[str]] = {}
    for action, allowed in seen.allowed.items():
        if not allowed:
            resource = f"{action.resource}.{action.group}" if action.group else action.resource
            refused.setdefault((resource, action.namespace), []).append(action.verb)
    for (resource, namespace), verbs in sorted(refused.items()):
        where = f"in namespace {namespace}" if namespace else "in every namespace"
        yield site.error(
            "E540",
            f"you may not {', '.join(verbs[:_MOST_NAMED])} {resource} {where}",
            "let a cluster-admin install, or have it allowed",
        )
