"""`carrel doctor` asks through a kubectl proxy that only its user reaches, to read only."""

import http.client
import socket
import stat

import pytest
from tests.cluster.cluster import Cluster

from carrel.cluster.kubectl import find_kubectl

NAMESPACE = "/api/v1/namespaces/default"


def test_nobody_else_can_open_the_socket(cluster: Cluster) -> None:
    kubectl = find_kubectl(str(cluster.kubectl), str(cluster.plane.kubeconfig), None)

    with kubectl.api() as api:
        assert stat.S_IMODE(api.socket.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(api.socket.stat().st_mode) & 0o077 == 0

    assert not api.socket.parent.exists()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_what_would_change_an_object_is_refused_by_the_proxy_itself(
    cluster: Cluster, method: str
) -> None:
    kubectl = find_kubectl(str(cluster.kubectl), str(cluster.plane.kubeconfig), None)

    with kubectl.api() as api, socket.socket(socket.AF_UNIX) as connected:
        connected.connect(str(api.socket))
        connection = http.client.HTTPConnection("localhost")
        connection.sock = connected
        connection.request(method, NAMESPACE, b"{}")
        answer = connection.getresponse()

        # A server would say why, in JSON.
        assert (answer.status, answer.read().strip()) == (403, b"Forbidden")
