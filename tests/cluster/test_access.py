"""Who may do what: the server's answers are those of the reviewed table in access.txt."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.cluster import access
from tests.cluster.access import Subject
from tests.cluster.cluster import Cluster
from tests.cluster.conftest import StartCluster, State
from tests.cluster.stand_ins import profiles
from tests.cluster.stand_ins.reconciler import Reconciler

from carrel.tools.helm import Helm

OWN, FOREIGN = "physics-lab", "engineering-lab"
TABLE = Path(__file__).with_name("access.txt")
SUBJECTS = {
    "owner": Subject("head-of-lab.physics@campus.example.edu"),
    "editor": Subject("fellow-1.lab.physics@campus.example.edu"),
    "viewer": Subject("visitor.lab.physics@campus.example.edu"),
    "default-editor": Subject(
        f"system:serviceaccount:{OWN}:default-editor",
        ("system:serviceaccounts", f"system:serviceaccounts:{OWN}", "system:authenticated"),
    ),
    "default-viewer": Subject(
        f"system:serviceaccount:{OWN}:default-viewer",
        ("system:serviceaccounts", f"system:serviceaccounts:{OWN}", "system:authenticated"),
    ),
    "stranger": Subject("mallory@campus.example.edu"),
    "nobody": Subject("system:anonymous", ("system:unauthenticated",)),
    "admin": Subject("platform-team@campus.example.edu"),
}


@pytest.fixture(scope="module")
def campus(
    start_cluster: StartCluster, campus_states: Callable[[Helm], State], helm4: Helm
) -> Iterator[Cluster]:
    state = campus_states(helm4)
    with start_cluster(state) as cluster, Reconciler(cluster.api, [profiles.controller()]):
        cluster.until(lambda: all(_has_owner(cluster, tenant) for tenant in (OWN, FOREIGN)))
        yield cluster


def test_everybody_may_do_what_the_table_says(campus: Cluster, tmp_path: Path) -> None:
    reviewed, actions = access.read(TABLE.read_text())
    assert len(actions) >= 60

    found = access.table(access.ask(campus.api, SUBJECTS, actions, OWN, FOREIGN), SUBJECTS)

    (tmp_path / "access.txt").write_text(found)
    assert found == reviewed, f"the server's answers are in {tmp_path / 'access.txt'}"


def test_the_table_shows_a_permission_that_somebody_adds(campus: Cluster) -> None:
    api = campus.api
    api.create(
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": "added", "namespace": FOREIGN},
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": "kubeflow-view",
            },
            "subjects": [{"kind": "User", "name": SUBJECTS["viewer"].user}],
        }
    )
    action = access.Action("get", "pods")

    answers = access.ask(api, SUBJECTS, [action], OWN, FOREIGN)

    api.delete("rolebindings.rbac.authorization.k8s.io", "added", FOREIGN)
    assert answers["get pods", "viewer"] == "all"


def _has_owner(cluster: Cluster, tenant: str) -> bool:
    resource = "rolebindings.rbac.authorization.k8s.io"
    return cluster.api.find(resource, "namespaceAdmin", tenant) is not None
