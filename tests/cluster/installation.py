"""A site's Helm releases in a cluster, as an administrator makes and changes them."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from tests.cluster.api import Body
from tests.cluster.cluster import Cluster, as_file, told

from carrel.release import NAMESPACE, shard_of
from carrel.tools.helm import Helm
from carrel.tools.process import Completed
from carrel.yamlio.reader import read_objects

PLATFORMS = {"lab": "vanilla", "campus": "eks", "vault": "vanilla"}
SHARDS = {"lab": 1, "campus": 4, "vault": 2}

FEW = (
    "physics-lab",
    "engineering-lab",
    "politics-lab",
    "astronomy-101",
    "law-101",
    "economics-101",
)
"""Tenants of campus that are in shard 0, of both plans."""

_WARNING = re.compile(r"^(Warning: |W\d{4} |level=WARN)|warnings\.go", re.MULTILINE)
"""How kubectl and both Helms pass on what the server warns of."""

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Installation:
    """What installs one site.

    Attributes:
        cluster: where.
        helm: with which Helm.
        root: the project.
        site: whose values come first.
        folder: for values files.
        chart: folder or package; None: the project's.
        values: over the site's files, in order; a file each, as Helm merges files.
        only: the site's tenants that there are; empty: all.
        validates: whether Helm reads the server's schemas for its own look at every object, as it
            does unless told not to. It takes Helm 4 a quarter of its time, Helm 3 a third.
    """

    cluster: Cluster
    helm: Helm
    root: Path
    site: str
    folder: Path
    chart: Path | None = None
    values: tuple[Values, ...] = ()
    only: tuple[str, ...] = ()
    validates: bool = True

    def having(self, *values: Values) -> "Installation":
        """The same with more values."""
        return replace(self, values=(*self.values, *values))

    def with_tenants(self, *names: str) -> "Installation":
        """The same with some of the site's tenants: hundreds take minutes to upgrade."""
        return replace(self, only=names)

    def platform(self, *options: str) -> Completed:
        """Install or upgrade the platform."""
        return self._upgrade("carrel", [*self.files(tenants=False)], options)

    def tenants(self, shard: int = 0, *options: str) -> Completed:
        """Install or upgrade one shard of the tenants."""
        own = [*self.files(tenants=True), as_file(self.folder, tenants_of(shard))]
        return self._upgrade(release_name(shard), own, options)

    def everything(self, *options: str) -> None:
        """The platform, then the tenants; every step has to succeed without a warning."""
        succeeds(self.platform(*options))
        for shard in self.shards:
            succeeds(self.tenants(shard, *options))

    @property
    def shards(self) -> list[int]:
        """Those that have tenants."""
        count = SHARDS[self.site]
        if not self.only:
            return [*range(count)]
        return sorted({shard_of(name, count) for name in self.only})

    def release(self, name: str) -> Completed:
        """Install or upgrade a release by name, with all the site's values."""
        return self._upgrade(name, self.files(tenants=True), ())

    def manifest(self, release: str = "carrel") -> list[Body]:
        """The objects of a release as they are recorded."""
        done = self.run("get", "manifest", release)
        return [body for body in map(_mapping, read_objects(done.stdout.decode())) if body]

    def history(self, release: str = "carrel") -> list[Any]:
        """The revisions of a release, the oldest first."""
        done = self.run("history", release, "--output=json")
        return list(json.loads(done.stdout))

    def uninstall(self, *releases: str) -> Completed:
        """Uninstall, tenants first."""
        return self.run("uninstall", *releases, "--wait")

    def run(self, *arguments: str | Path) -> Completed:
        """Run Helm in the namespace of the release records."""
        return self.cluster.run(self.helm.path, *arguments, "--namespace", NAMESPACE)

    def files(self, *, tenants: bool) -> list[Path]:
        """The values files in order."""
        values = self.root / "values"
        folder = values / "sites" / self.site
        files = [values / "platforms" / f"{PLATFORMS[self.site]}.yaml", folder / "site.yaml"]
        if tenants and self.only:
            people = tenants_file(folder / "tenants.yaml")
            chosen = {name: people["tenants"][name] for name in self.only}
            files.append(as_file(self.folder, {**people, "tenants": chosen}))
        elif tenants:
            files.append(folder / "tenants.yaml")
        return [*files, *(as_file(self.folder, each) for each in self.values)]

    def _upgrade(self, release: str, files: Sequence[Path], options: Sequence[str]) -> Completed:
        chart = self.chart or self.root / "chart"
        layers = [argument for file in files for argument in ("--values", file)]
        if not self.validates:
            options = (*options, "--disable-openapi-validation")
        return self.run("upgrade", "--install", release, chart, *layers, *options)


@cache
def tenants_file(file: Path) -> Body:
    """A site's tenants and groups."""
    (found,) = read_objects(file.read_text())
    return _mapping(found)


def release_name(shard: int) -> str:
    """The name of the release of a shard."""
    return f"carrel-tenants-{shard:02}"


def tenants_of(shard: int) -> Values:
    """The values that make a release one of tenants."""
    return {"scope": "tenants", "shard": shard}


def succeeds(done: Completed) -> None:
    """Fail with what the program said unless it succeeded and the server gave no warning."""
    assert done.returncode == 0, told(done)
    assert not _WARNING.search(done.stderr.decode()), told(done)


def _mapping(body: object) -> Body:
    return body if isinstance(body, dict) else {}
