"""`prerequisites/`: values for the charts of others, and the commands that install them."""

from collections.abc import Iterator
from pathlib import Path

from carrel.k8s.reference import REGISTRY_LOGIN
from carrel.prerequisites.charts import ChartRelease, Prerequisite
from carrel.prerequisites.preparation import Preparation
from carrel.secrets import RequiredSecret
from carrel.text_templates import fill
from carrel.yamlio import writer

FOLDER = "prerequisites"

_TEMPLATE = "prerequisites.md.jinja"


def files(site: str, ready: Preparation, templates: Path) -> dict[str, str]:
    """Path → text of every file; none where everything is somebody else's.

    Args:
        site: its name.
        ready: what is installed before.
        templates: the folder generator/templates.
    """
    if not ready.prerequisites:
        return {}
    texts = {
        f"{FOLDER}/{values_path(each, release)}": _values(site, each, release)
        for each in ready.prerequisites
        for release in each.releases
    }
    texts[f"{FOLDER}/README.md"] = fill(
        templates,
        _TEMPLATE,
        {
            "site": site,
            "kubernetes": ready.kubernetes,
            "prerequisites": [
                {
                    "title": each.title,
                    "version": each.version,
                    "namespaces": each.namespaces,
                    "logins": list(_logins(each, ready)),
                    "installs": [install(site, each, release) for release in each.releases],
                    "templates": [
                        command
                        for release in each.releases
                        for command in templates_of(site, each, release, ready.kubernetes)
                    ],
                    "releases": each.releases,
                }
                for each in ready.prerequisites
            ],
        },
    )
    return texts


def values_path(of: Prerequisite, release: ChartRelease) -> str:
    """The values file of a release below `prerequisites/`."""
    return f"{of.name}/{release.chart}.yaml"


def install(site: str, of: Prerequisite, release: ChartRelease) -> str:
    """The command that installs or upgrades a release, from the folder that holds dist/."""
    command = f"helm upgrade --install {release.name} {_source(site, of, release)}"
    return f"{command} --create-namespace{' --wait' if release.waits else ''}"


def templates_of(
    site: str, of: Prerequisite, release: ChartRelease, kubernetes: str
) -> Iterator[str]:
    """The commands that write the objects of a release to files in the folder they run in.

    Hooks are left out: they are for Helm's own steps, and kubectl would take them for objects.
    """
    if release.has_crds:
        yield f"helm show crds {_chart(of, release)} > {release.name}-crds.yaml"
    command = f"helm template {release.name} {_source(site, of, release)}"
    yield f"{command} --kube-version {kubernetes}.0 --no-hooks > {release.name}.yaml"


def _source(site: str, of: Prerequisite, release: ChartRelease) -> str:
    values = f"dist/{site}/{FOLDER}/{values_path(of, release)}"
    return f"{_chart(of, release)} --namespace {release.namespace} --values {values}"


def _chart(of: Prerequisite, release: ChartRelease) -> str:
    return f"{release.chart} --repo {of.repository} --version {of.version}"


def _logins(of: Prerequisite, ready: Preparation) -> Iterator[str]:
    """The commands that make the login to the site's registry where its pods pull."""
    for namespace in of.namespaces:
        for name in ready.login:
            yield RequiredSecret(namespace, name, REGISTRY_LOGIN, (), ()).command()


def _values(site: str, of: Prerequisite, release: ChartRelease) -> str:
    what = f"{release.chart} {of.version} ({of.title}) for site {site}"
    return (
        f"# Values of the chart {what}. Written by `carrel render {site}`.\n"
        "# README.md, one folder up, says how to install it.\n"
        f"{writer.write(dict(release.values))}"
    )
