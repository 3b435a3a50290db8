"""tensorboard-controller/{deployment,rbac}.yaml: TensorBoards, where a site turns them on."""

from typing import TYPE_CHECKING, Any

from tests.chart.conftest import merged
from tests.chart.test_identity import BOARDS

if TYPE_CHECKING:
    from tests.chart.conftest import Chart

NAME = "tensorboard-controller-deployment"


def test_it_is_off_unless_a_site_wants_it(chart: "Chart", site: str) -> None:
    assert not [each for each in chart.render(site).objects if "tensorboard" in each.source]


def test_all_that_it_must_be_told(chart: "Chart") -> None:
    """Without any one of the first three it starts no TensorBoard."""
    own: dict[str, Any] = {"gateway": {"existing": "ingress/shared", "host": "desks.example"}}
    moved = {"images": {"registry": "mirror.example"}}
    assert chart.render("lab", merged(BOARDS, own, moved)).environment(NAME) == {
        "ISTIO_GATEWAY": "ingress/shared",
        "ISTIO_HOST": "desks.example",
        "TENSORBOARD_IMAGE": "mirror.example/docker.io/tensorflow/tensorflow:2.5.1",
        "RWO_PVC_SCHEDULING": "True",
    }


def test_several_pods_elect_a_leader_and_may(chart: "Chart") -> None:
    """Trap: upstream grants the rights and leaves the flag out."""
    manifest = chart.render("lab", BOARDS)
    assert "--leader-elect" in manifest.container(NAME)["args"]
    rules = manifest.get("Role", "tensorboard-controller-leader-election-role")["rules"]
    assert any(
        rule["apiGroups"] == ["coordination.k8s.io"] and "update" in rule["verbs"] for rule in rules
    )
    bound = manifest.get("RoleBinding", "tensorboard-controller-leader-election-rolebinding")
    account = manifest.pods()[NAME]["spec"]["serviceAccountName"]
    assert [each["name"] for each in bound["subjects"]] == [account]
