"""A running cluster with the prerequisites in it, as a test uses it."""

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster.api import Api, ApiError, Body
from tests.cluster.control_plane import SPARING, ControlPlane
from tests.cluster.store import Key, versions

from carrel.tools import process
from carrel.tools.process import Completed

TIMEOUT = 300.0

RESTLESS = frozenset(
    {
        *("events", "events.events.k8s.io", "leases.coordination.k8s.io", "nodes"),
        # Of the API server itself, which writes its status now and then (1.33).
        "servicecidrs.networking.k8s.io",
    }
)
"""What changes without anybody's doing."""

COUNTING = frozenset({"poddisruptionbudgets.policy", "resourcequotas"})
"""What counts other objects in its status."""

_RELEASE = "sh.helm.release.v1"
PUBLISHED = "kube-root-ca.crt"
"""What every namespace gets when its turn comes, of hundreds."""

Snapshot = Mapping[Key, str]
"""What there is → resourceVersion, or what stands for it."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster.

    Attributes:
        plane: its control plane.
        kubectl: the kubectl of its version.
    """

    plane: ControlPlane
    kubectl: Path

    @property
    def api(self) -> Api:
        """An administrator's way to the server."""
        return self.plane.api

    def run(
        self, program: str | Path, *arguments: str | Path, timeout: float = TIMEOUT
    ) -> Completed:
        """Run kubectl, Helm and the like against the cluster."""
        with tempfile.TemporaryDirectory(prefix="carrel-cluster-") as folder:
            environment = process.sealed_environment(Path(folder))
            environment |= {
                **SPARING,
                "HOME": folder,
                "KUBECONFIG": str(self.plane.kubeconfig),
                "NO_PROXY": "127.0.0.1",
            }
            return process.run([program, *arguments], environment=environment, timeout=timeout)

    def snapshot(self) -> dict[Key, str]:
        """The resourceVersion of every object but release records and what never rests.

        Of what counts other objects, everything but its status instead.
        """
        stored = versions(self.plane.etcd, self.api.resources())
        found = {
            key: version
            for key, version in stored.items()
            if key[0] not in RESTLESS | COUNTING and _RELEASE not in key[2] and key[2] != PUBLISHED
        }
        for name in COUNTING:
            for body in self.api.list(name):
                metadata = body.pop("metadata")
                key = (name, metadata.get("namespace", ""), metadata["name"])
                found[key] = json.dumps(
                    [body["spec"], metadata.get("labels"), metadata.get("annotations")]
                )
        return found

    def settled(self, seconds: float = 120) -> dict[Key, str]:
        """The snapshot once controllers have nothing to do any more."""
        deadline = time.monotonic() + seconds
        last = self.snapshot()
        while time.monotonic() < deadline:
            time.sleep(1)
            current = self.snapshot()
            if current == last:
                return current
            last = current
        raise AssertionError(f"still changing after {seconds:g} seconds")

    def until(self, condition: Callable[[], Any], seconds: float = 180) -> Any:
        """Look until `condition` gives something true, and return that."""
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < deadline, f"not within {seconds:g} seconds"
            time.sleep(0.1)
        return found

    def apply(self, bodies: Iterable[Body]) -> None:
        """Server-side apply of each, one after the other."""
        for body in bodies:
            self.api.apply(body, force="true")


def changed(before: Snapshot, after: Snapshot) -> dict[str, list[str]]:
    """What differs between two snapshots: `added`, `removed` and `changed` → objects, as text."""
    return {
        word: sorted(" ".join(filter(None, key)) for key in keys)
        for word, keys in {
            "added": after.keys() - before.keys(),
            "removed": before.keys() - after.keys(),
            "changed": {key for key in before.keys() & after.keys() if before[key] != after[key]},
        }.items()
        if keys
    }


def refusal(api: Api, body: Body) -> str:
    """What the server says against an object; empty: nothing. Nothing is stored."""
    try:
        api.apply(body, "probe", dryRun="All")
    except ApiError as error:
        return str(error)
    return ""


def refusals(api: Api, bodies: Iterable[Body], manager: str = "probe") -> list[str]:
    """What the server says against each object, as if another field manager applied the same.

    Strict field validation, nothing is changed. An answer is an unknown field, a warning, or a
    conflict: a field of ours whose value the server normalised, and credits to somebody else.
    """

    def probe(body: Body) -> list[str]:
        name = f"{body['kind']} {body['metadata'].get('namespace', '')} {body['metadata']['name']}"
        try:
            return [f"{name}: {said}" for said in api.apply(body, manager, dryRun="All").warnings]
        except ApiError as error:
            return [f"{name}: {error}"]

    with ThreadPoolExecutor(4) as threads:
        return [said for found in threads.map(probe, bodies) for said in found]


def told(done: "Completed | subprocess.CompletedProcess[bytes]") -> str:
    """Everything that a program wrote, for a message."""
    return (done.stdout + done.stderr).decode(errors="replace")


def as_file(folder: Path, values: Mapping[str, object]) -> Path:
    """Values in a file that Helm can read."""
    with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".json", delete=False) as stream:
        json.dump(values, stream)
    return Path(stream.name)
