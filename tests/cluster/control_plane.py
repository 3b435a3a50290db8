"""A Kubernetes control plane on loopback, from etcd to nodes that are not there."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from tests.cluster.api import Api, ApiError, Body
from tests.cluster.certificates import Authority
from tests.cluster.kubeconfig import kubeconfig
from tests.cluster.servers import HERE, PROGRAMS, Ports, commands

from carrel.tools.server import end_with_parent
from carrel.yamlio.reader import read_objects

READY_SECONDS = 60.0
"""Enough for a machine that is busy with other things; an idle one needs a tenth of it."""

SPARING = {"GOGC": "300"}
"""Programs in Go that live briefly spend a tenth of their time on memory that nobody misses."""

_LAVISH = {"GOGC": "off", "GOMEMLIMIT": "768MiB"}
"""Servers that live for a minute, a sixth; people's go on for long and may hold more."""

_KEPT = ("etcd", "certificates")
_LEASES = "kube-node-lease"
_TRIES = 3


class NotReady(Exception):
    """A program ended, or did not become ready. The message ends with what it wrote last."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running program.

    Attributes:
        name: such as `etcd`.
        process: it.
        log: the file that it writes to.
    """

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def complaint(self) -> str:
        """The last lines of its log."""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join([f"{self.name} (exit code {self.process.poll()}):", *lines[-15:]])


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """A control plane that runs.

    Attributes:
        folder: its data, logs and certificates.
        kubeconfig: the file for an administrator.
        api: the same administrator's way to the server.
        authority: gives certificates to whoever serves or calls.
        etcd: the port of its store.
        servers: the programs, in the order in which they started.
    """

    folder: Path
    kubeconfig: Path
    api: Api
    authority: Authority
    etcd: int
    servers: tuple[Server, ...]

    @classmethod
    def start(
        cls,
        folder: Path,
        programs: Mapping[str, Path],
        *,
        like: Path | None = None,
        outlive: bool = False,
    ) -> Self:
        """Start one in `folder`, which must not exist, and wait until its nodes are ready.

        Args:
            folder: for everything that it writes.
            programs: name → path, for each of `PROGRAMS`.
            like: the folder of one that has been stopped, whose objects it has from the start.
            outlive: whether the programs go on when this process ends.

        Raises:
            NotReady: a program ended, or the wait was in vain.
        """
        for attempt in range(_TRIES):
            place = folder / f"{attempt}"
            place.mkdir(parents=True)
            if like is not None:
                for part in _KEPT:
                    # etcd keeps room for its next file ready, and makes it again.
                    room = shutil.ignore_patterns("*.tmp")
                    shutil.copytree(like / part, place / part, ignore=room, copy_function=_copy)
            started = cls._launch(place, programs, outlive)
            try:
                started._become_ready()
            except NotReady as error:
                started.stop()
                # Another program was faster to a port that was free.
                if "address already in use" not in str(error) or attempt == _TRIES - 1:
                    raise
            except BaseException:
                started.stop()
                raise
            else:
                return started
        raise AssertionError

    def stop(self) -> None:
        """End every program at once: the data is not needed any more."""
        self.api.close()
        for server in reversed(self.servers):
            server.process.kill()
        for server in self.servers:
            server.process.wait()

    @classmethod
    def _launch(cls, folder: Path, programs: Mapping[str, Path], outlive: bool) -> Self:
        ports = Ports.free()
        certificates = folder / "certificates"
        is_known = certificates.exists()
        authority = Authority.load(certificates) if is_known else Authority.create(certificates)
        admin = authority.issue("admin", ["system:masters"])
        lines = commands(programs, ports, authority, folder)
        servers = tuple(_launch(name, lines[name], folder, outlive) for name in PROGRAMS[:2])
        started = cls(
            folder,
            kubeconfig(folder / "kubeconfig", ports.api, authority, admin),
            Api(ports.api, authority.files, admin),
            authority,
            ports.etcd,
            servers,
        )
        try:
            started.wait("the API server is ready", started._is_ready)
            started._forget_signs_of_life()
            # The others would give up before there is a server.
            rest = tuple(_launch(name, lines[name], folder, outlive) for name in PROGRAMS[2:])
        except NotReady:
            started.stop()
            raise
        return replace(started, servers=(*servers, *rest))

    def _forget_signs_of_life(self) -> None:
        """Remove what the programs of a control plane left that is copied, and will make again."""
        for lease in self._leases():
            self.api.delete("leases.coordination.k8s.io", lease["metadata"]["name"], _LEASES)
        if self.api.find("serviceaccounts", "default", "default"):
            self.api.delete("serviceaccounts", "default", "default")

    def _become_ready(self) -> None:
        there = {node["metadata"]["name"] for node in self.api.list("nodes")}
        for node in read_objects((HERE / "nodes.yaml").read_text()):
            assert isinstance(node, dict)
            if node["metadata"]["name"] not in there:
                self.api.create(node)
        self.wait("the nodes are ready", self._nodes_are_ready)
        self.wait("kwok looks after the nodes", lambda: bool(self._leases()))
        self.wait(
            "there are service accounts",
            lambda: self.api.find("serviceaccounts", "default", "default") is not None,
        )

    def _leases(self) -> list[Body]:
        return self.api.list("leases.coordination.k8s.io", _LEASES)

    def wait(
        self, what: str, condition: Callable[[], bool], seconds: float = READY_SECONDS
    ) -> None:
        """Look until `condition` holds.

        Raises:
            NotReady: it does not hold in time, or a program has ended.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            for server in self.servers:
                if server.process.poll() is not None:
                    raise NotReady(server.complaint())
            if time.monotonic() > deadline:
                logs = "\n".join(server.complaint() for server in self.servers)
                raise NotReady(f"not within {seconds:g} seconds: {what}\n{logs}")
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        with suppress(ApiError, OSError):
            self.api.request("GET", "/readyz")
            return True
        return False

    def _nodes_are_ready(self) -> bool:
        nodes = self.api.list("nodes")
        return (
            bool(nodes)
            and not any(
                taint["key"].startswith("node.kubernetes.io/")
                for node in nodes
                for taint in node["spec"].get("taints", ())
            )
            and all(
                condition["status"] == "True"
                for node in nodes
                for condition in node["status"].get("conditions", [{"type": "Ready", "status": ""}])
                if condition["type"] == "Ready"
            )
        )


def _copy(source: str, destination: str) -> None:
    """Copy a file without writing the zeros that etcd's log ends with, 64 MB of them."""
    content = Path(source).read_bytes()
    with Path(destination).open("wb") as stream:
        stream.write(content.rstrip(b"\0"))
        stream.truncate(len(content))
    shutil.copystat(source, destination)


def _launch(name: str, command: list[str], folder: Path, outlive: bool) -> Server:
    log = folder / f"{name}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**os.environ, **(SPARING if outlive else _LAVISH)},
            # Ctrl-C is for whoever started it.
            process_group=0,
            preexec_fn=None if outlive else end_with_parent(),
        )
    return Server(name, process, log)
