"""What installing costs on a real API server: seconds, and requests that the server answered."""

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import prerequisites
from tests.cluster.cluster import Cluster
from tests.cluster.control_plane import ControlPlane
from tests.cluster.installation import Installation, succeeds
from tests.cluster.programs import MINORS, programs

from carrel.tools import build, locate
from carrel.tools.record import binary_path

TENANTS = 500

_REQUESTS = re.compile(r"^apiserver_request_total\{[^}]*\} (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Report:
    """What one thing cost.

    Attributes:
        what: it.
        seconds: of wall clock.
        writes: objects that Helm wrote, the record of the release included.
        requests: that the server answered meanwhile, those of its own controllers too.
    """

    what: str
    seconds: float
    writes: int
    requests: int

    def __str__(self) -> str:
        """One line of a table."""
        counts = f"{self.writes:6} writes {self.requests:7} requests"
        return f"{self.what:<48} {self.seconds:8.1f} s {counts}"


def reports(root: Path) -> Iterator[Report]:
    """Install, upgrade without a change, and 500 tenants in one shard.

    Args:
        root: the project.
    """
    build.build(root, ["kubectl"], report=lambda said: print(said, file=sys.stderr))
    control_plane = programs(root, MINORS[0])
    with tempfile.TemporaryDirectory(prefix="carrel-bench-") as folder:
        plane = ControlPlane.start(Path(folder, "data"), control_plane)
        try:
            prerequisites.install(plane, prerequisites.definitions(root))
            cluster = Cluster(plane, binary_path(root, "kubectl"))
            site = Installation(cluster, locate.find_helm(root), root, "lab", Path(folder))
            yield measured(cluster, "install lab's platform", lambda: succeeds(site.platform()))
            yield measured(cluster, "the identical upgrade", lambda: succeeds(site.platform()))
            names = (f"team-{number}" for number in range(TENANTS))
            tenants = {name: {"owner": f"{name}@example.com", "plan": "standard"} for name in names}
            many = site.having({"tenants": tenants})
            yield measured(cluster, f"install {TENANTS} tenants", lambda: succeeds(many.tenants()))
            yield measured(cluster, "their identical upgrade", lambda: succeeds(many.tenants()))
        finally:
            plane.stop()


def measured(cluster: Cluster, what: str, job: Callable[[], None]) -> Report:
    """Do something to a cluster that has nothing else to do."""
    cluster.settled()
    requests, writes = _requests(cluster), _writes(cluster)
    began = time.monotonic()
    job()
    seconds = time.monotonic() - began
    return Report(what, seconds, _writes(cluster) - writes, _requests(cluster) - requests)


def _requests(cluster: Cluster) -> int:
    done = cluster.run(cluster.kubectl, "get", "--raw", "/metrics")
    return int(sum(map(float, _REQUESTS.findall(done.stdout.decode()))))


def _writes(cluster: Cluster) -> int:
    lines = (cluster.plane.folder / "audit.log").read_text().splitlines()
    events = [json.loads(line) for line in lines if line.endswith("}")]
    return sum(each.get("userAgent", "").startswith("Helm/") for each in events)
