"""Test code, never shipped: Services of a cluster without pods lead to servers on loopback.

The API server reaches a webhook by its Service, through a proxy where its configuration names
one (EgressSelectorConfiguration). That proxy is here: it speaks HTTP CONNECT on a socket file.
"""

import json
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.cluster.api import Api

_SOCKET, _CONFIGURATION = "services.sock", "egress.json"
_CHUNK = 65536


def configuration(folder: Path) -> Path:
    """The file that sends the API server to the proxy of that folder, there or not."""
    body = {
        "apiVersion": "apiserver.k8s.io/v1beta1",
        "kind": "EgressSelectorConfiguration",
        "egressSelections": [
            {
                "name": "cluster",
                "connection": {
                    "proxyProtocol": "HTTPConnect",
                    "transport": {"uds": {"udsName": str(folder / _SOCKET)}},
                },
            }
        ],
    }
    file = folder / _CONFIGURATION
    file.write_text(json.dumps(body))
    return file


class ServiceNetwork:
    """Leads connections to Services on for as long as its context lasts."""

    def __init__(self, api: Api, folder: Path, ports: Mapping[str, int]) -> None:
        """Args:
        api: knows the Services' addresses.
        folder: of the control plane.
        ports: name of a Service → port on loopback of what stands in for its pods.
        """
        self._api = api
        self._ports = ports
        self._accepts = threading.Thread(target=self._accept, daemon=True)
        self._callers: dict[threading.Thread, socket.socket] = {}
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / _SOCKET))
        self._listener.listen(128)

    def __enter__(self) -> Self:
        self._accepts.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._accepts.join()
        self._listener.close()
        for caller in self._callers.values():
            # The API server keeps connections that it has no use for at the moment.
            with suppress(OSError):
                caller.shutdown(socket.SHUT_RDWR)
        for thread in self._callers:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                thread = threading.Thread(target=self._lead, args=(caller,), daemon=True)
                self._callers = {
                    each: of for each, of in self._callers.items() if each.is_alive()
                } | {thread: caller}
                thread.start()

    def _lead(self, caller: socket.socket) -> None:
        with caller, suppress(OSError):
            port = self._port(_asked_for(caller))
            if port is None:
                caller.sendall(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")
                return
            with socket.create_connection(("127.0.0.1", port)) as answerer:
                caller.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=_copy, args=(answerer, caller), daemon=True)
                back.start()
                _copy(caller, answerer)
                back.join()

    def _port(self, host: str) -> int | None:
        for service in self._api.list("services"):
            if service["spec"].get("clusterIP") == host:
                return self._ports.get(service["metadata"]["name"])
        return None


def _asked_for(caller: socket.socket) -> str:
    """The host in `CONNECT host:port HTTP/1.1`; nothing follows before it is answered."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        more = caller.recv(_CHUNK)
        if not more:
            return ""
        head += more
    return head.split()[1].decode().rpartition(":")[0]


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
