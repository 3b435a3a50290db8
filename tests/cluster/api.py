"""The API server as tests talk to it: JSON over one connection per thread."""

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from tests.cluster.certificates import KeyPair

Body = dict[str, Any]

_DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_TIMEOUT = 60.0
_PATIENCE = 100


class ApiError(Exception):
    """The server refused.

    Attributes:
        status: HTTP status.
        reason: such as `Forbidden` or `Conflict`.
        message: what it says.
    """

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(f"{status} {reason}: {message}")
        self.status = status
        self.reason = reason
        self.message = message


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of object that the server stores.

    Attributes:
        group: empty for the core group.
        version: the one that the server prefers.
        kind: such as `Pod`.
        plural: such as `pods`.
        namespaced: whether its objects have a namespace.
        verbs: what can be done with it.
    """

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool
    verbs: frozenset[str]

    @property
    def name(self) -> str:
        """As kubectl knows it: `pods`, `statefulsets.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def path(self, namespace: str = "", name: str = "", version: str = "") -> str:
        """The path of one object, or of all."""
        root = f"/apis/{self.group}" if self.group else "/api"
        place = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        end = f"/{quote(name, safe='')}" if name else ""
        return f"{root}/{version or self.version}{place}/{self.plural}{end}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said to a request that it accepted.

    Attributes:
        body: the object, or the list.
        warnings: its `Warning` headers.
    """

    body: Body
    warnings: tuple[str, ...]


@dataclass(slots=True)
class Api:
    """One user's way to the server.

    Attributes:
        port: of the server, on loopback.
        authority: whose certificate the server has.
        client: the user's certificate; None: nobody's.
        user: whom to impersonate.
        groups: of that user.
    """

    port: int
    authority: KeyPair
    client: KeyPair | None
    user: str = ""
    groups: Sequence[str] = ()
    _local: threading.local = field(default_factory=threading.local, repr=False)
    _resources: dict[str, Resource] = field(default_factory=dict, repr=False)
    _connections: list[http.client.HTTPSConnection] = field(default_factory=list, repr=False)

    def acting_as(self, user: str, *groups: str) -> "Api":
        """The same for another user, by impersonation."""
        return replace(self.separate(), user=user, groups=groups)

    def separate(self) -> "Api":
        """The same with connections of its own."""
        return replace(self, _local=threading.local(), _connections=[])

    def hang_up(self) -> None:
        """End whatever other threads are waiting for."""
        for connection in self._connections:
            if connection.sock is not None:
                with suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close every connection. The next request opens a new one."""
        while self._connections:
            self._connections.pop().close()

    def resources(self, *, afresh: bool = False) -> list[Resource]:
        """Everything that the server stores or answers, subresources left out."""
        if not self._resources or afresh:
            found: dict[str, Resource] = {}
            for root in ("/api", "/apis"):
                for group in self.request("GET", root, accept=_DISCOVERY).body["items"]:
                    found |= {each.name: each for each in _discovered(group)}
            # Other threads may look at the same time, and are to see all or the former.
            self._resources = found
        return [*self._resources.values()]

    def resource(self, name: str) -> Resource:
        """By kubectl's name of it, such as `statefulsets.apps`."""
        if name not in self._resources:
            self.resources(afresh=True)
        return self._resources[name]

    def resource_of(self, body: Mapping[str, Any]) -> Resource:
        """The resource that an object belongs to, in the object's own version."""
        group, _, version = body["apiVersion"].rpartition("/")
        for afresh in (False, True):
            for each in self.resources(afresh=afresh):
                if (each.group, each.kind) == (group, body["kind"]):
                    return replace(each, version=version)
        raise LookupError(f"the server knows no {body['kind']} of {body['apiVersion']}")

    def get(self, resource: str, name: str, namespace: str = "") -> Body:
        """One object."""
        return self.request("GET", self.resource(resource).path(namespace, name)).body

    def find(self, resource: str, name: str, namespace: str = "") -> Body | None:
        """One object, or None if there is none."""
        try:
            return self.get(resource, name, namespace)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list(self, resource: str, namespace: str = "", **options: str) -> list[Body]:
        """All objects, in one namespace or in all."""
        found = self.resource(resource)
        body = self.request("GET", found.path(namespace), options).body
        return [
            {"apiVersion": body["apiVersion"], "kind": found.kind, **item}
            for item in body["items"] or ()
        ]

    def create(self, body: Body) -> Body:
        """Create an object."""
        path = self.resource_of(body).path(body.get("metadata", {}).get("namespace", ""))
        return self.request("POST", path, body=body).body

    def update(self, body: Body, subresource: str = "") -> Body:
        """Replace an object, or its status."""
        return self.request("PUT", self._path(body) + _below(subresource), body=body).body

    def apply(self, body: Body, manager: str = "test", **options: str) -> Answer:
        """Server-side apply; options such as `dryRun="All"` and `force="true"`."""
        return self.request(
            "PATCH",
            self._path(body),
            {"fieldManager": manager, "fieldValidation": "Strict", **options},
            body=body,
            content="application/apply-patch+yaml",
        )

    def patch(
        self, resource: str, name: str, namespace: str, change: Body, manager: str = "test"
    ) -> Body:
        """Merge a change into an object."""
        return self.request(
            "PATCH",
            self.resource(resource).path(namespace, name),
            {"fieldManager": manager},
            body=change,
            content="application/merge-patch+json",
        ).body

    def delete(self, resource: str, name: str, namespace: str = "") -> None:
        """Delete an object; what it owns goes after it."""
        self.request(
            "DELETE",
            self.resource(resource).path(namespace, name),
            {"propagationPolicy": "Background"},
        )

    def watch(self, resource: str, since: str, seconds: int) -> Iterator[Body]:
        """Events after the resourceVersion `since`, for some seconds."""
        connection = self._connect()
        options = {"watch": "true", "resourceVersion": since, "timeoutSeconds": f"{seconds}"}
        path = f"{self.resource(resource).path()}?{urlencode(options)}"
        with closing(connection):
            connection.request("GET", path, headers=self._headers("application/json"))
            with connection.getresponse() as response:
                for line in response:
                    yield json.loads(line)

    def request(
        self,
        method: str,
        path: str,
        options: Mapping[str, str] | None = None,
        *,
        body: Body | None = None,
        content: str = "application/json",
        accept: str = "application/json",
    ) -> Answer:
        """One request, repeated as long as the server asks for patience.

        Raises:
            ApiError: the server refused.
        """
        if options:
            path = f"{path}?{urlencode(options)}"
        data = None if body is None else json.dumps(body).encode()
        headers = {**self._headers(accept), "Content-Type": content}
        for _ in range(_PATIENCE):
            status, text, warnings = self._send(method, path, data, headers)
            if status != http.client.TOO_MANY_REQUESTS:
                break
            # A kind that has only just become known, as a rule.
            time.sleep(0.1)
        answer = json.loads(text) if text.startswith("{") else {"message": text}
        if status >= 400:
            raise ApiError(status, answer.get("reason", ""), answer.get("message", text))
        return Answer(answer, warnings)

    def _path(self, body: Body) -> str:
        metadata = body["metadata"]
        return self.resource_of(body).path(metadata.get("namespace", ""), metadata["name"])

    def _headers(self, accept: str) -> dict[str, str]:
        headers = {"Accept": accept}
        if self.user:
            headers["Impersonate-User"] = self.user
        if self.groups:
            # Several headers of one name are one with commas, but not for Kubernetes.
            (headers["Impersonate-Group"],) = self.groups
        return headers

    def _send(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str]
    ) -> tuple[int, str, tuple[str, ...]]:
        for fresh in (False, True):
            connection = getattr(self._local, "connection", None)
            if connection is None or fresh:
                connection = self._local.connection = self._connect()
            try:
                connection.request(method, path, data, headers)
                response = connection.getresponse()
            except (http.client.HTTPException, ConnectionError, ssl.SSLEOFError):
                # The server closes a connection that was idle for long.
                connection.close()
                if fresh:
                    raise
                continue
            text = response.read().decode()
            return response.status, text, tuple(response.headers.get_all("Warning") or ())
        raise AssertionError

    def _connect(self) -> http.client.HTTPSConnection:
        context = ssl.create_default_context(cafile=str(self.authority.certificate))
        if self.client:
            context.load_cert_chain(self.client.certificate, self.client.key)
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=_TIMEOUT, context=context
        )
        self._connections.append(connection)
        return connection


def _discovered(group: Body) -> Iterator[Resource]:
    """The resources of a group, each in the version that comes first, which is preferred."""
    seen = set()
    for version in group["versions"]:
        for found in version.get("resources", ()):
            if found["resource"] in seen:
                continue
            seen.add(found["resource"])
            yield Resource(
                group["metadata"].get("name", ""),
                version["version"],
                found["responseKind"]["kind"],
                found["resource"],
                found["scope"] == "Namespaced",
                frozenset(found["verbs"]),
            )


def _below(subresource: str) -> str:
    return f"/{subresource}" if subresource else ""
