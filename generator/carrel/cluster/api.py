"""The API of a cluster, which is asked and never changed."""

import json
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from carrel.errors import EnvironmentFault
from carrel.k8s.fields import Fields, descend, mapping, mappings, text
from carrel.tools import process

TIMEOUT = 120.0
"""Seconds for one question."""

REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

_PAGE = 500
_SHOWN = 60
_TRIES = 10
_PATIENCE = 10.0


class Forbidden(Exception):
    """The caller may not see what was asked for; the message is the server's."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a caller wants to do.

    Attributes:
        verb: such as `create`.
        group: API group, empty for the core group.
        resource: plural name.
        namespace: empty for the whole cluster.
        name: of the object, empty for any.
    """

    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Api:
    """The API behind a socket that answers with the caller's credentials.

    Attributes:
        socket: the path of that socket.
    """

    socket: Path

    def get(self, path: str) -> Any:
        """What is at a path of the API, None where nothing is.

        Args:
            path: such as `/api/v1/namespaces/kubeflow`.

        Raises:
            Forbidden: the caller may not see it.
            EnvironmentFault: the cluster cannot be asked.
        """
        return self._ask("GET", path)

    def items(self, path: str, *, selector: str = "") -> tuple[Fields, ...] | None:
        """All objects of a list, None where the cluster has no such resource.

        Args:
            path: of the list, such as `/api/v1/nodes`.
            selector: which labels they must have.

        Raises:
            Forbidden: the caller may not see them.
            EnvironmentFault: the cluster cannot be asked.
        """
        found: list[Fields] = []
        chosen = f"&labelSelector={quote(selector)}" if selector else ""
        next_page = ""
        while True:
            page = self.get(f"{path}?limit={_PAGE}{chosen}{next_page}")
            if page is None:
                return None
            found += [item for _, item in mappings(page.get("items"))]
            token = text(descend(page, "metadata").get("continue"))
            if not token:
                return tuple(found)
            next_page = f"&continue={quote(token)}"

    def allowed(self, actions: Iterable[Action]) -> Mapping[Action, bool]:
        """What the caller may do. Reviews are answered by the server and kept nowhere.

        Raises:
            Forbidden: the caller may not ask that.
            EnvironmentFault: the cluster cannot be asked.
        """
        return {
            each: descend(self._ask("POST", REVIEWS, _review(each)), "status").get("allowed")
            is True
            for each in dict.fromkeys(actions)
        }

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        """One question, again while the server has too much to do."""
        data = None if body is None else json.dumps(body).encode()
        for attempt in range(_TRIES):
            answer, content = self._send(method, path, data)
            patience = answer.headers.get("Retry-After")
            if patience is None or not (answer.status == 429 or answer.status >= 500):
                break
            if attempt < _TRIES - 1:
                process.pause(min(float(patience) if patience.isdecimal() else 1, _PATIENCE))
        return _understood(path, answer, content.decode(errors="replace").strip())

    def _send(self, method: str, path: str, data: bytes | None) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection("localhost")
        try:
            connection.sock = _Socket.connected(self.socket)
        except OSError as error:
            raise EnvironmentFault(
                f"the socket of kubectl proxy cannot be opened ({error.strerror})",
                "name a kubectl with --kubectl that runs on this machine as you",
            ) from None
        try:
            headers = {"Accept": "application/json", "Content-Type": "application/json"}
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            return answer, answer.read()
        except (OSError, HTTPException) as error:
            raise NoAnswer(f"kubectl proxy: {str(error) or type(error).__name__}") from None
        finally:
            connection.close()


class _Socket(socket.socket):
    """A connection on which one answer is waited for, until its time is over or nobody waits."""

    deadline = 0.0

    @classmethod
    def connected(cls, path: Path) -> Self:
        """The connection to a socket in the file system."""
        made = cls(socket.AF_UNIX)
        try:
            made.settimeout(TIMEOUT)
            made.connect(str(path))
        except OSError:
            made.close()
            raise
        made.deadline = time.monotonic() + TIMEOUT
        return made

    def recv_into(self, *arguments: Any) -> int:
        if not process.await_output(self, self.deadline - time.monotonic()):
            raise TimeoutError(f"no answer within {TIMEOUT:g} seconds")
        return super().recv_into(*arguments)


class NoAnswer(EnvironmentFault):
    """The cluster cannot be asked, in a sentence around what was said instead."""

    def __init__(self, said: str) -> None:
        super().__init__(
            f"the cluster cannot be asked ({said.removeprefix('error: ')})",
            "name another one with --kubeconfig or --context, or log in to it",
        )


def _understood(path: str, answer: HTTPResponse, content: str) -> Any:
    """What an answer holds, None for what is not there.

    Raises:
        Forbidden: the caller may not see it.
        EnvironmentFault: the answer says that the cluster cannot be asked, or is no API server's.
    """
    try:
        body = json.loads(content)
    except json.JSONDecodeError:
        body = None
    lines = content.splitlines()
    said = text(mapping(body).get("message")) or (lines[0] if lines else f"{answer.status}")
    if answer.status == 404:
        return None
    if answer.status == 403:
        raise Forbidden(said)
    if answer.status == 401:
        raise EnvironmentFault(
            f"the cluster does not accept your credentials, which may have expired ({said})",
            "log in again, or name another user's with --kubeconfig or --context",
        )
    if answer.status >= 400:
        raise NoAnswer(said)
    if answer.status >= 300 or body is None:
        raise EnvironmentFault(
            f"{path} is answered, but not as an API server does: {content[:_SHOWN]!r}",
            "see whether a proxy or a login page stands before the cluster",
        )
    return body


def _review(action: Action) -> dict[str, object]:
    wanted = {
        "verb": action.verb,
        "group": action.group,
        "resource": action.resource,
        "namespace": action.namespace,
        "name": action.name,
    }
    attributes = {key: value for key, value in wanted.items() if value}
    return {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
