"""The chart as Helm renders it, with each rendering made once and read as data."""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from carrel.k8s import objects
from carrel.k8s.objects import Identity, RenderedObject
from carrel.k8s.workloads import pod_templates
from carrel.layers import Layer, fold
from carrel.tools import process
from carrel.tools.helm import Helm, TemplateFailure
from carrel.tools.helm_failure import TemplateError, parse_failure
from carrel.yamlio.reader import read_objects

Body = dict[str, Any]
Values = Mapping[str, object]

PROGRAMS = (
    *("notebookController", "jupyterWebApp", "volumesWebApp", "pvcviewerController"),
    *("dashboard", "profileController", "podDefaults", "dex", "oauth2Proxy"),
    *("tensorboardController", "tensorboardsWebApp"),
)
"""The components that are a workload of their own, by their keys."""

PLATFORMS = {"lab": "vanilla", "campus": "eks", "vault": "vanilla"}
SHARDS = {"lab": 1, "campus": 4, "vault": 2}
DEMO: Values = {
    "site": {"name": "bare", "platform": "vanilla"},
    "platform": {"name": "vanilla", "proved": True},
    "identity": {"mode": "demo", "demo": {"user": "user@example.com"}},
    "crds": {"enabled": False},
}
"""The fewest values that render: no site's files, hardly anything over the defaults."""


LOGIN: Values = {
    "identity": {"mode": "dex", "dex": {"users": {"ada": {"email": "ada@example.com"}}}},
}
"""A login page of the platform's own, over the files of a site without one."""


@dataclass(frozen=True, slots=True)
class Release:
    """What is rendered, and with which chart.

    Attributes:
        site: the example site whose files come first; empty: none.
        scope: of the release.
        shard: of the tenants.
        values: over everything else, as JSON.
        chart: the chart's folder; None: the project's.
        name: of the release; empty: the one that fits.
        namespace: of the release.
        crds: whether CustomResourceDefinitions are wanted, which take most of the time.
    """

    site: str = "lab"
    scope: str = "platform"
    shard: int = 0
    values: str = "{}"
    chart: Path | None = None
    name: str = ""
    namespace: str = "carrel-system"
    crds: bool = False

    @property
    def release_name(self) -> str:
        if self.name or self.scope == "platform":
            return self.name or "carrel"
        return f"carrel-tenants-{self.shard:02}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a release renders."""

    objects: tuple[RenderedObject, ...]
    text: str = field(repr=False)

    def kind(self, kind: str) -> list[Any]:
        """The bodies of all objects of a kind, in order."""
        return [each.body for each in self.objects if each.kind == kind]

    def get(self, kind: str, name: str, namespace: str | None = None) -> Any:
        """The body of the only object of that kind and name."""
        found = [
            each.body
            for each in self.objects
            if (each.kind, each.name) == (kind, name) and namespace in (None, each.namespace)
        ]
        assert len(found) == 1, f"{len(found)} objects {kind} {name}"
        return found[0]

    def data(self, config_map: str, key: str) -> str:
        """One entry of a ConfigMap."""
        return str(self.get("ConfigMap", config_map)["data"][key])

    def yaml(self, config_map: str, key: str) -> Any:
        """One entry of a ConfigMap that is a YAML document, as Kubernetes reads it."""
        (document,) = read_objects(self.data(config_map, key))
        return document

    def identities(self) -> set[Identity]:
        """What the release holds."""
        return {each.identity for each in self.objects}

    def bodies(self) -> dict[Identity, Any]:
        """Every object by identity."""
        return {each.identity: each.body for each in self.objects}

    def sources(self) -> set[str]:
        """The templates that rendered something, below chart/templates."""
        return {each.source.removeprefix("chart/templates/") for each in self.objects}

    def pods(self) -> dict[str, Any]:
        """The pod template of each workload by its name."""
        return {
            template.owner.name: template.owner.body["spec"]["template"]  # type: ignore[index]
            for template in pod_templates(self.objects)
        }

    def container(self, workload: str, name: str | None = None) -> Any:
        """A workload's container of that name, or its only one."""
        containers = self.pods()[workload]["spec"]["containers"]
        found = [each for each in containers if name in (None, each["name"])]
        assert len(found) == 1
        return found[0]

    def environment(self, workload: str, container: str | None = None) -> dict[str, Any]:
        """A container's variables: name → text, or where it comes from."""
        variables = self.container(workload, container)["env"]
        names = [each["name"] for each in variables]
        assert names == sorted(set(names))
        return {each["name"]: each.get("value", each.get("valueFrom", "")) for each in variables}


@dataclass(frozen=True, slots=True)
class Chart:
    """Renders the chart; the same release is rendered once a session."""

    root: Path
    folder: Path
    helm: Helm
    _printed: dict[object, str | TemplateError] = field(default_factory=dict)
    _read: dict[str, Manifest] = field(default_factory=dict)

    def render(
        self,
        site: str = "lab",
        values: Values | None = None,
        *,
        helm: Helm | None = None,
        **options: Any,
    ) -> Manifest:
        """What a release renders.

        Args:
            site: an example site, or nothing for `DEMO` in place of a site's files.
            values: over the site's files.
            helm: another Helm than the newest.
            options: further fields of `Release`.
        """
        text = self.printed(site, values, helm=helm, **options)
        assert isinstance(text, str), text.message
        if text not in self._read:
            found, diagnostics = objects.read(text, "")
            assert not diagnostics, diagnostics
            self._read[text] = Manifest(found, text)
        return self._read[text]

    def refusal(
        self,
        site: str = "lab",
        values: Values | None = None,
        *,
        helm: Helm | None = None,
        **options: Any,
    ) -> str:
        """What the chart says when it refuses to render; arguments as for `render`."""
        said = self.printed(site, values, helm=helm, **options)
        assert isinstance(said, TemplateError), "the chart rendered"
        return said.message

    def printed(
        self,
        site: str = "lab",
        values: Values | None = None,
        *,
        helm: Helm | None = None,
        **options: Any,
    ) -> str | TemplateError:
        """What Helm prints, not read yet, or why it refuses; arguments as for `render`."""
        release = Release(site, values=json.dumps(values or {}), **options)
        helm = helm or self.helm
        key = (helm.path, release)
        if key not in self._printed:
            self._printed[key] = self._run(release, helm)
        return self._printed[key]

    def files(self, site: str, *, tenants: bool) -> list[Path]:
        """The layers of an example site in order."""
        values = self.root / "values"
        folder = values / "sites" / site
        files = [values / "platforms" / f"{PLATFORMS[site]}.yaml", folder / "site.yaml"]
        return [*files, folder / "tenants.yaml"] if tenants else files

    def afresh(self, folder: Path) -> "Chart":
        """The same with nothing rendered yet, and a folder of its own."""
        return replace(self, folder=folder, _printed={}, _read={})

    def _run(self, release: Release, helm: Helm) -> str | TemplateError:
        own = self.folder / f"values-{len(self._printed)}.json"
        files = [own]
        if release.site in PLATFORMS:
            files = [*self.files(release.site, tenants=release.scope == "tenants"), own]
        own.write_text(json.dumps(self._own_values(release)))
        try:
            return helm.template(
                release.chart or self.root / "chart",
                release=release.release_name,
                namespace=release.namespace,
                values=files,
                kube_version="1.36.0",
            )
        except TemplateFailure as failure:
            return parse_failure(failure.stderr)
        finally:
            own.unlink()

    def _own_values(self, release: Release) -> Values:
        values = json.loads(release.values)
        values = {"scope": release.scope, "shard": release.shard, **values}
        if not release.crds:
            values.setdefault("crds", {"enabled": False})
        return merged(DEMO, values) if release.site == "" else values


def merged(*trees: Values) -> dict[str, object]:
    """Trees of values as one, a later one over an earlier one, as Helm merges files."""
    return fold([Layer("site", "", dict(tree), {}, {}) for tree in trees])


@pytest.fixture(scope="session")
def chart(project_root: Path, helm4: Helm, tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """The project's chart and example sites, rendered by the newest Helm 4."""
    return Chart(project_root, tmp_path_factory.mktemp("values"), helm4)


@pytest.fixture
def chart_copy(project_root: Path, tmp_path: Path) -> Path:
    """A copy of the chart that a test may change."""
    folder = tmp_path / "chart"
    shutil.copytree(project_root / "chart", folder)
    return folder


@pytest.fixture(scope="session")
def templates(project_root: Path) -> dict[str, str]:
    """Every file of chart/templates: path below it → text."""
    folder = project_root / "chart" / "templates"
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def teams(chart: Chart) -> Callable[..., Manifest]:
    """The tenants release of a site that has these tenants and hardly anything else."""

    def teams(
        tenants: Values, *, values: Values | None = None, shard: int = 0, site: str = ""
    ) -> Manifest:
        own = merged(values or {}, {"tenants": tenants})
        return chart.render(site, own, scope="tenants", shard=shard)

    return teams


@pytest.fixture
def notes(chart: Chart, tmp_path: Path) -> Callable[..., str]:
    """The notes after an installation; Helm 4 gives them without a cluster."""

    def notes(
        values: dict[str, Any],
        *,
        site: str = "lab",
        release: str = "carrel",
        folder: Path | None = None,
    ) -> str:
        own = tmp_path / "values.json"
        own.write_text(json.dumps({"crds": {"enabled": False}} | values))
        files = [*chart.files(site, tenants="tenants" in release), own]
        done = process.run(
            [
                *(chart.helm.path, "install", release, folder or chart.root / "chart"),
                *("--namespace", "carrel-system", "--dry-run=client"),
                *(part for file in files for part in ("--values", file)),
            ],
            environment=process.sealed_environment(tmp_path),
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.decode().split("\nNOTES:\n")[1]

    return notes


@pytest.fixture(params=[*PLATFORMS])
def site(request: pytest.FixtureRequest) -> str:
    """Each example site in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def releases() -> Sequence[tuple[str, str, int]]:
    """Every release of every example site: site, scope, shard."""
    return [
        (site, scope, shard)
        for site, count in SHARDS.items()
        for scope, shards in (("platform", 1), ("tenants", count))
        for shard in range(shards)
    ]


@pytest.fixture(scope="session")
def platforms(chart: Chart) -> dict[str, Manifest]:
    """The platform release of every example site."""
    return {site: chart.render(site) for site in PLATFORMS}


@pytest.fixture(scope="session")
def tenants(chart: Chart) -> dict[str, Manifest]:
    """The tenants of every example site, all shards in one."""
    return {
        site: joined(chart.render(site, scope="tenants", shard=shard) for shard in range(count))
        for site, count in SHARDS.items()
    }


def joined(manifests: Iterable[Manifest]) -> Manifest:
    """Several releases as one."""
    every = list(manifests)
    found = tuple(each for manifest in every for each in manifest.objects)
    return Manifest(found, "".join(manifest.text for manifest in every))
