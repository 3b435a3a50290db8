"""roles/{aggregated,istio,kubernetes}.yaml: the three roles that programs and people are given.

What they add up to is in notebook_controller/test_rbac.py.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest


def test_the_three_names_are_those_that_upstreams_programs_bind(
    platforms: dict[str, "Manifest"],
) -> None:
    names = {each["metadata"]["name"] for each in platforms["lab"].kind("ClusterRole")}
    assert {"kubeflow-admin", "kubeflow-edit", "kubeflow-view"} <= names


def test_they_stay_when_every_component_is_off(chart: "Chart") -> None:
    off = (
        *("notebookController", "jupyterWebApp", "volumesWebApp", "pvcviewerController"),
        *("dashboard", "profileController", "podDefaults"),
    )
    manifest = chart.render("lab", {"components": {name: {"enabled": False} for name in off}})
    assert manifest.pods() == {}
    names = {each["metadata"]["name"] for each in manifest.kind("ClusterRole")}
    assert {"kubeflow-admin", "kubeflow-edit", "kubeflow-view"} <= names


def test_no_role_holds_everything(platforms: dict[str, "Manifest"]) -> None:
    for role in platforms["lab"].kind("ClusterRole"):
        for rule in role.get("rules", []):
            assert rule["apiGroups"] != ["*"]
            assert not (rule["resources"] == ["*"] and "*" in rule["verbs"])


def rights(manifest: "Manifest", role: str) -> set[tuple[str, str]]:
    """Resource and verb of everything that the cluster fills into an aggregated role."""
    roles = {each["metadata"]["name"]: each for each in manifest.kind("ClusterRole")}
    wanted = roles[role].get("aggregationRule", {}).get("clusterRoleSelectors", [])
    found = {
        (f"{group}/{resource}", verb)
        for rule in roles[role].get("rules", [])
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    for selector in wanted:
        for name, body in roles.items():
            if selector["matchLabels"].items() <= body["metadata"].get("labels", {}).items():
                found |= rights(manifest, name)
    return found


WRITING = {"create", "delete", "deletecollection", "patch", "update"}


def test_notebooks_see_and_change_nothing(platforms: dict[str, "Manifest"]) -> None:
    """Trap: upstream's default-editor, which every notebook has, reads Secrets and enters pods."""
    for manifest in platforms.values():
        floor = rights(manifest, "kubeflow-edit")
        assert ("/pods", "list") in floor
        assert not {verb for _, verb in floor} & WRITING
        assert not {resource for resource, _ in floor} & {"/secrets", "/pods/exec"}


def test_members_and_owners_lose_nothing_by_it(platforms: dict[str, "Manifest"]) -> None:
    for manifest in platforms.values():
        member = rights(manifest, "kubeflow-edit") | rights(manifest, "kubeflow-member")
        owner = rights(manifest, "kubeflow-admin")
        for right in (
            ("kubeflow.org/notebooks", "create"),
            ("kubeflow.org/notebooks", "patch"),
            ("/persistentvolumeclaims", "create"),
            ("/secrets", "get"),
            ("/pods/exec", "create"),
        ):
            assert right in member & owner
        assert member <= owner


def test_a_site_can_let_notebooks_do_what_members_may(chart: "Chart") -> None:
    manifest = chart.render("lab", {"notebooks": {"rights": "edit"}})
    assert rights(manifest, "kubeflow-edit") >= rights(manifest, "kubeflow-member")
