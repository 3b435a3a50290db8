"""notebook-controller/rbac.yaml and jupyter-web-app/rbac.yaml: what tenants may do."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

PREFIX = "rbac.authorization.kubeflow.org/aggregate-to-"


def rules(manifest: "Manifest", name: str) -> list[Any]:
    """The rules that the cluster fills a role with, as its aggregation controller does."""
    role = manifest.get("ClusterRole", name)
    if "aggregationRule" not in role:
        own: list[Any] = role["rules"]
        return own
    # Rules written here would be fought over with the controller.
    assert "rules" not in role
    found = []
    for selector in role["aggregationRule"]["clusterRoleSelectors"]:
        for other in manifest.kind("ClusterRole"):
            labels = other["metadata"].get("labels", {})
            if selector["matchLabels"].items() <= labels.items():
                found += rules(manifest, other["metadata"]["name"])
    return found


def may(manifest: "Manifest", role: str, verb: str, group: str, resource: str) -> bool:
    return any(
        {verb, "*"} & set(rule["verbs"])
        and {group, "*"} & set(rule["apiGroups"])
        and {resource, "*"} & set(rule["resources"])
        for rule in rules(manifest, role)
    )


@pytest.mark.parametrize(
    ("verb", "group", "resource", "view", "edit", "admin"),
    [
        ("get", "kubeflow.org", "notebooks", True, True, True),
        ("create", "kubeflow.org", "notebooks", False, True, True),
        ("delete", "kubeflow.org", "notebooks", False, True, True),
        ("list", "", "pods", True, True, True),
        ("create", "", "pods/exec", False, True, True),
        ("get", "", "secrets", False, True, True),
        ("create", "", "persistentvolumeclaims", False, True, True),
        ("create", "rbac.authorization.k8s.io", "rolebindings", False, False, True),
        ("get", "networking.istio.io", "virtualservices", True, True, True),
        ("create", "networking.istio.io", "virtualservices", False, False, False),
        ("get", "security.istio.io", "authorizationpolicies", True, True, True),
        ("create", "security.istio.io", "authorizationpolicies", False, False, False),
        ("get", "", "resourcequotas", True, True, True),
        ("update", "", "resourcequotas", False, False, False),
        ("update", "", "limitranges", False, False, False),
        ("create", "kubeflow.org", "profiles", False, False, False),
    ],
)
def test_who_may_do_what_in_a_tenant(
    platforms: dict[str, "Manifest"],
    verb: str,
    group: str,
    resource: str,
    view: bool,
    edit: bool,
    admin: bool,
) -> None:
    manifest = platforms["lab"]
    # A member who may edit is bound to both, and a notebook to the first alone.
    roles = {"view": ["view"], "edit": ["edit", "member"], "admin": ["admin"]}
    allowed = [
        any(may(manifest, f"kubeflow-{role}", verb, group, resource) for role in held)
        for held in roles.values()
    ]
    assert allowed == [view, edit, admin]
    assert may(manifest, "kubeflow-edit", verb, group, resource) == view


def test_aggregated_roles_select_roles_that_exist(platforms: dict[str, "Manifest"]) -> None:
    manifest = platforms["lab"]
    for role in manifest.kind("ClusterRole"):
        if "aggregationRule" in role:
            assert rules(manifest, role["metadata"]["name"])


def test_a_role_with_the_label_of_another_is_read_by_it(platforms: dict[str, "Manifest"]) -> None:
    """No label asks for an aggregation that no role does."""
    manifest = platforms["lab"]
    wanted = {
        label
        for role in manifest.kind("ClusterRole")
        for selector in role.get("aggregationRule", {}).get("clusterRoleSelectors", [])
        for label in selector["matchLabels"]
    }
    carried = {
        label
        for role in manifest.kind("ClusterRole")
        for label in role["metadata"].get("labels", {})
        if label.startswith(PREFIX)
    }
    assert carried == wanted


def test_the_controller_may_do_what_it_does_and_elect_no_leader(chart: "Chart") -> None:
    manifest = chart.render("lab")
    for verb, group, resource in (
        ("create", "apps", "statefulsets"),
        ("create", "", "services"),
        ("create", "networking.istio.io", "virtualservices"),
        ("update", "kubeflow.org", "notebooks/status"),
        ("watch", "", "pods"),
        ("create", "", "events"),
    ):
        assert may(manifest, "notebook-controller-role", verb, group, resource)
    assert not may(manifest, "notebook-controller-role", "get", "", "secrets")
    assert (
        "--enable-leader-election"
        not in manifest.container("notebook-controller-deployment")["args"]
    )
