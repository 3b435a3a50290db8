"""What is in etcd: every object and its version in one answer.

The API server tells the same kind by kind, in some ninety answers that take half a second.
"""

import http.client
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from contextlib import closing

from tests.cluster.api import Resource

Key = tuple[str, str, str]
"""Resource, namespace and name."""

_ROOT = "/registry/"
_AFTER = "/registry0"
_ELSEWHERE = {
    "controllers": "replicationcontrollers",
    "ingress": "ingresses",
    "minions": "nodes",
    "services/endpoints": "endpoints",
    "services/specs": "services",
}
"""Where resources are that have another place than their name, and what they are.

kubernetes/pkg/kubeapiserver/default_storage_factory_builder.go, SpecialDefaultResourcePrefixes."""


def versions(port: int, resources: Iterable[Resource]) -> dict[Key, str]:
    """Each object's resourceVersion.

    Args:
        port: of etcd, on loopback.
        resources: what the server serves, Kubernetes' own kinds before all others.
    """
    names: dict[str, str] = {}
    for each in resources:
        names.setdefault(each.plural, each.name)
    found = {}
    for entry in _entries(port):
        path = b64decode(entry["key"]).decode().removeprefix(_ROOT)
        if (key := _key(path, names)) is not None:
            found[key] = entry["mod_revision"]
    return found


def _entries(port: int) -> list[Mapping[str, str]]:
    places = {"key": _ROOT, "range_end": _AFTER}
    question = {word: b64encode(place.encode()).decode() for word, place in places.items()}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with closing(connection):
        connection.request("POST", "/v3/kv/range", json.dumps({**question, "keys_only": True}))
        answer = connection.getresponse()
        body = json.loads(answer.read())
        assert answer.status == http.client.OK, body
    return list(body["kvs"])


def _key(path: str, names: Mapping[str, str]) -> Key | None:
    """What is stored at a path; None: nothing that is an object of the API.

    Args:
        path: as `pods/default/web`, `services/specs/default/web` or
            `kubeflow.org/notebooks/default/web`.
        names: plural → kubectl's name of a resource.
    """
    first, _, rest = path.partition("/")
    second, _, after = rest.partition("/")
    if "." in first:
        resource, place = f"{second}.{first}", after
    elif (both := f"{first}/{second}") in _ELSEWHERE:
        resource, place = _ELSEWHERE[both], after
    else:
        plural = _ELSEWHERE.get(first, first)
        if plural not in names:
            return None
        resource, place = names[plural], rest
    namespace, _, name = place.rpartition("/")
    return resource, namespace, name
