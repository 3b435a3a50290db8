"""Roles that grant everything of some sort.

A wildcard grants what nobody has thought of, such as a subresource or a verb that a later version
of Kubernetes adds, so each one is declared here with its reason.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from carrel.diagnostics import Diagnostic, Path, Severity
from carrel.k8s.fields import Fields, mappings, strings
from carrel.k8s.kinds import Kind
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places

_RBAC = "rbac.authorization.k8s.io"
_ROLES: frozenset[Kind] = frozenset({(_RBAC, "ClusterRole"), (_RBAC, "Role")})
_EVERY = {
    "apiGroups": "every API group",
    "nonResourceURLs": "every address of the API server",
    "resources": "every resource",
    "verbs": "every verb",
}


@dataclass(frozen=True, slots=True)
class DeclaredWildcard:
    """Wildcards in one rule of a role, and why they are there.

    Attributes:
        kind: of the role.
        name: of the role.
        fields: those of the rule that may be a wildcard.
        api_groups: the rule's groups.
        resources: the rule's resources, all of which must be among these.
        reason: why.
    """

    kind: str
    name: str
    fields: frozenset[str]
    api_groups: frozenset[str]
    resources: frozenset[str]
    reason: str

    def allows(self, role: RenderedObject, rule: Fields, field: str) -> bool:
        """Whether it is about this field of a rule of a role."""
        return (
            (role.kind, role.name) == (self.kind, self.name)
            and field in self.fields
            and frozenset(strings(rule.get("apiGroups"))) == self.api_groups
            and frozenset(strings(rule.get("resources"))) <= self.resources
        )


_ISTIO = frozenset({"istio.io", "networking.istio.io"})

DECLARED: tuple[DeclaredWildcard, ...] = (
    DeclaredWildcard(
        "Role",
        "dex",
        frozenset({"resources", "verbs"}),
        frozenset({"dex.coreos.com"}),
        frozenset({"*"}),
        "dex keeps all it knows in kinds of this group, which is its own, in its own namespace",
    ),
    DeclaredWildcard(
        "ClusterRole",
        "notebook-controller-role",
        frozenset({"verbs"}),
        frozenset({""}),
        frozenset({"services"}),
        "the controller makes, changes and removes the Service of each notebook, as upstream",
    ),
    DeclaredWildcard(
        "ClusterRole",
        "notebook-controller-role",
        frozenset({"verbs"}),
        frozenset({"apps"}),
        frozenset({"statefulsets"}),
        "the controller makes, changes and removes the StatefulSet of each notebook, as upstream",
    ),
    DeclaredWildcard(
        "ClusterRole",
        "notebook-controller-role",
        frozenset({"verbs"}),
        frozenset({"kubeflow.org"}),
        frozenset({"notebooks", "notebooks/finalizers", "notebooks/status"}),
        "Notebooks are the controller's own kind, as upstream",
    ),
    DeclaredWildcard(
        "ClusterRole",
        "notebook-controller-role",
        frozenset({"verbs"}),
        frozenset({"networking.istio.io"}),
        frozenset({"virtualservices"}),
        "the controller makes, changes and removes the route of each notebook, as upstream",
    ),
    *(
        DeclaredWildcard(
            "ClusterRole",
            name,
            frozenset({"resources"}),
            _ISTIO,
            frozenset({"*"}),
            "tenants may read what routes their requests, whatever kinds Istio has, as upstream",
        )
        for name in ("kubeflow-istio-edit", "kubeflow-istio-view")
    ),
)
"""Every wildcard that a role of ours may hold."""


def check(objects: Iterable[RenderedObject], places: Places) -> Iterator[Diagnostic]:
    """What is wrong with roles.

    E443: a role of ours holds a wildcard that is not declared. W443: one of a site's own does,
    whose author may want just that.
    """
    for rendered in objects:
        if (rendered.group, rendered.kind) not in _ROLES:
            continue
        for where, rule, field in wildcards(rendered):
            if rendered.is_extra:
                message = f"grants {_EVERY[field]}, also what a later version adds"
                yield places.report("W443", rendered, where, message, severity=Severity.WARNING)
            elif not any(declared.allows(rendered, rule, field) for declared in DECLARED):
                message = f"grants {_EVERY[field]}, which is not declared"
                hint = "write down those that are needed"
                yield places.report("E443", rendered, where, message, hint)


def wildcards(role: RenderedObject) -> Iterator[tuple[Path, Fields, str]]:
    """Each wildcard of a role: where it is, the rule that holds it, and the rule's field."""
    for position, rule in mappings(role.body.get("rules")):
        for field in _EVERY:
            if "*" in strings(rule.get(field)):
                yield ("rules", position, field), rule, field
