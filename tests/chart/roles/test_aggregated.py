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
