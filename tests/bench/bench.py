"""How fast Carrel is beside what it cannot do without: `make bench`.

Every figure is a ratio of commands that ran in turn in this one run, so that the machine and its
other work weigh on both sides alike. Budgets are those of the design; the exit code is 1 when one
is exceeded.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import yaml
from tests.bench import cluster

from carrel.k8s import schema_library
from carrel.tools import locate
from carrel.yamlio import reader

ROOT = Path(__file__).resolve().parents[2]
CARREL = [sys.executable, "-m", "carrel"]
# Children's CPU is not in it: Helm's own grows with what else the cores do.
OWN_CPU = """
import resource, sys
from carrel.cli import main
code = main(sys.argv[2:])
usage = resource.getrusage(resource.RUSAGE_SELF)
open(sys.argv[1], "w").write(str(usage.ru_utime + usage.ru_stime))
sys.exit(code)
"""
ROUNDS = 7
SITES = ("lab", "campus", "vault")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall clock, MiB of the largest process, and seconds of its CPU."""

    wall: float = 0.0
    memory: float = 0.0
    cpu: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        memory = max(self.memory, other.memory)
        return Cost(self.wall + other.wall, memory, self.cpu + other.cpu)


Job: TypeAlias = Callable[[], Cost]


def run(*command: str | Path, folder: Path = ROOT) -> Cost:
    """Run a command in a folder to its end, which must be a good one."""
    with tempfile.TemporaryFile() as complaint:
        began = os.times().elapsed
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaint,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / "generator")},
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = os.times().elapsed - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            complaint.seek(0)
            sys.exit(f"{command[0]} failed: {complaint.read().decode(errors='replace')}")
    return Cost(wall, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def in_turn(jobs: Mapping[str, Job]) -> dict[str, Cost]:
    """The median cost of each job, all of them run in turn."""
    costs: dict[str, list[Cost]] = {name: [] for name in jobs}
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            costs[name].append(job())
    return {
        name: Cost(
            statistics.median(cost.wall for cost in each),
            max(cost.memory for cost in each),
            statistics.median(cost.cpu for cost in each),
        )
        for name, each in costs.items()
    }


def bare_render(dist: Path, manifests_file: Path, version: str) -> Job:
    """What a site costs without us: Helm for each release, kubeconform for all their objects."""
    helm: list[str | Path] = [locate.find_helm(ROOT).path, "template"]
    settings = ["--namespace", "carrel-system", "--kube-version", f"{version}.0"]
    calls: list[list[str | Path]] = []
    manifests = b""
    for values in sorted(dist.glob("*.yaml")):
        release = "carrel" if values.stem == "values" else f"carrel-{values.stem}"
        calls.append([*helm, release, ROOT / "chart", *settings, "--values", values])
        manifests += subprocess.run(calls[-1], check=True, capture_output=True).stdout
    location = schema_library.prepare(
        ROOT / "generator" / "catalogue", version, ROOT / ".tools" / "schemas"
    )
    check: list[str | Path] = [locate.find_kubeconform(ROOT).path, "-strict"]
    check += ["-kubernetes-version", f"{version}.0", "-schema-location", location]
    manifests_file.write_bytes(manifests)

    def job() -> Cost:
        rendered = [run(*call) for call in calls]
        return sum(rendered, run(*check, manifests_file))

    return job


Figure: TypeAlias = tuple[str, float, float]
"""What was measured, the figure, and its budget."""


def rendering(site: str) -> Iterator[Figure]:
    """Rendering a site beside bare Helm and kubeconform."""
    values = reader.read_objects((ROOT / "values" / "sites" / site / "site.yaml").read_bytes())
    version = str(values[0]["kubernetes"]["version"])  # type: ignore[index]
    with tempfile.TemporaryDirectory() as folder:
        dist = Path(folder, site)

        def ours() -> Cost:
            return run(*CARREL, "render", site, "-o", dist)

        ours()
        bare_job = bare_render(dist, Path(folder, "objects.yaml"), version)
        costs = in_turn({"ours": ours, "bare": bare_job})
        note = Path(folder, "cpu")
        own: list[float] = []
        for _ in range(ROUNDS):
            run(sys.executable, "-c", OWN_CPU, note, "render", site, "-o", dist)
            own.append(float(note.read_text()))
    mine, bare = costs["ours"], costs["bare"]
    yield f"render {site} / bare Helm and kubeconform", mine.wall / bare.wall, 2.0
    yield f"render {site}: own CPU, s", statistics.median(own), 0.5
    yield f"render {site}: memory, MiB", mine.memory, 600.0


def starting() -> Iterator[Figure]:
    """The commands that people run all the time."""
    costs = in_turn(
        {
            "bare": lambda: run(sys.executable, "-c", "pass"),
            "help": lambda: run(*CARREL, "--help"),
            "all": lambda: run(*CARREL, "validate"),
            **{site: partial(run, *CARREL, "validate", site) for site in SITES},
        }
    )
    yield "carrel --help / bare Python", costs["help"].wall / costs["bare"].wall, 5.0
    yield "carrel validate of all sites, s", costs["all"].wall, 0.8
    for site in SITES:
        yield f"carrel validate {site}: process time, s", costs[site].cpu, 0.5


def many_sites() -> Iterator[Figure]:
    """A hundred sites at once, which only copies of the examples can be."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        for part in ("chart", "generator"):
            (project / part).symlink_to(ROOT / part)
        shutil.copytree(ROOT / "values" / "platforms", project / "values" / "platforms")
        for number in range(100):
            copied = SITES[number % len(SITES)]
            site = project / "values" / "sites" / f"{copied}-{number}"
            shutil.copytree(ROOT / "values" / "sites" / copied, site)
            file = site / "site.yaml"
            named = file.read_text().replace(f"name: {copied}\n", f"name: {site.name}\n", 1)
            file.write_text(named)
        cost = in_turn({"validate": lambda: run(*CARREL, "validate", folder=project)})["validate"]
    yield "carrel validate of 100 sites, s", cost.wall, 5.0
    yield "carrel validate of 100 sites: memory, MiB", cost.memory, 600.0


def reading() -> Iterator[Figure]:
    """A tenants file as large as one may be, beside PyYAML's C reader, which keeps no place."""
    tenant = """\
  astronomy-{0}:
    owner: professor-{0}@campus.example.edu
    plan: standard
    labels: {{cost-centre: "{0}", department: department-of-astronomy-and-physics}}
    members:
      assistant-1.astronomy-{0}@campus.example.edu: edit
      assistant-2.astronomy-{0}@campus.example.edu: view
"""
    text = "tenants:\n" + "".join(tenant.format(number) for number in range(16_500))
    data = text.encode()
    assert 4_500_000 < len(data) <= reader.MAX_BYTES

    def timed(job: Callable[[], object]) -> Job:
        def cost() -> Cost:
            began = time.process_time()
            job()
            return Cost(time.process_time() - began)

        return cost

    def own() -> None:
        document, found = reader.read_values(data, "tenants.yaml")
        assert document is not None
        assert not found
        assert document.keys["tenants", "astronomy-0", "owner"].line == 3

    costs = in_turn(
        {"own": timed(own), "PyYAML": timed(partial(yaml.load, data, Loader=yaml.CSafeLoader))}
    )
    ratio = costs["own"].wall / costs["PyYAML"].wall
    yield f"reading {len(data) / 1e6:.1f} MB of tenants / PyYAML in C", ratio, 2.5


def main() -> int:
    """Print every figure with its budget."""
    exceeded = False
    figures = [starting(), many_sites(), reading(), *(rendering(site) for site in SITES)]
    for name, figure, budget in (each for group in figures for each in group):
        over = figure > budget
        exceeded |= over
        sys.stdout.write(f"{name:<48} {figure:8.2f}  of {budget:g}{'  EXCEEDED' if over else ''}\n")
        sys.stdout.flush()
    for report in cluster.reports(ROOT):
        sys.stdout.write(f"{report}\n")
        sys.stdout.flush()
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
