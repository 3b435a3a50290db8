"""`prerequisites/README.md`: the commands that install the charts of others.

It is put together here and not by Jinja, whose start would take longer than the rest of a render.
"""

from collections.abc import Iterable, Iterator

from carrel.k8s.reference import REGISTRY_LOGIN
from carrel.prerequisites.charts import ChartRelease, Prerequisite
from carrel.prerequisites.preparation import Preparation
from carrel.secrets import RequiredSecret

_HEAD = """\
# Before Carrel: what the cluster of {site} needs

Run everything here in the folder that holds `dist/`, in this order. The values files beside this
page fit the site; `carrel render {site}` writes them anew after every change.
"""

_LOGIN = "Its images are in your registry, and this is the login to it:"

_WITHOUT_HELM = """\
## Without Helm in the cluster's reach

On a machine that reaches the charts' repositories, these write the objects of each chart to a file:
"""

_ACROSS = """\
Take the files across, together with the images in `dist/{site}/images.txt`. Beyond the gap, with
nothing but `kubectl`:
"""

_TAIL = """\
## Is it all there?

`carrel doctor {site}` looks at the cluster and says what is missing or has another version.
"""

_APPLY = "kubectl apply --server-side --field-manager=helm"


def page(site: str, ready: Preparation) -> str:
    """The page of a site that has prerequisites to install."""
    paragraphs = [_HEAD.format(site=site)]
    for each in ready.prerequisites:
        paragraphs.append(f"## {each.title} {each.version}\n")
        if ready.login:
            paragraphs += [f"{_LOGIN}\n", _shell(_logins(each, ready))]
        paragraphs.append(_shell(_install(site, each, release) for release in each.releases))
    paragraphs += [
        _WITHOUT_HELM,
        _shell(_templates(site, ready)),
        _ACROSS.format(site=site),
        _shell(_beyond_the_gap(ready)),
        _TAIL.format(site=site),
    ]
    return "\n".join(paragraphs)


def values_path(of: Prerequisite, release: ChartRelease) -> str:
    """The values file of a release, from the folder of the page."""
    return f"{of.name}/{release.chart}.yaml"


def _shell(commands: Iterable[str]) -> str:
    return "```sh\n" + "".join(f"{command}\n" for command in commands) + "```\n"


def _install(site: str, of: Prerequisite, release: ChartRelease) -> str:
    """The command that installs or upgrades a release."""
    command = f"helm upgrade --install {release.name} {_source(site, of, release)}"
    return f"{command} --create-namespace{' --wait' if release.waits else ''}"


def _templates(site: str, ready: Preparation) -> Iterator[str]:
    """The commands that write the objects of all releases to files.

    Hooks are left out: they are for Helm's own steps, and kubectl would take them for objects.
    """
    options = f"--kube-version {ready.kubernetes}.0 --no-hooks"
    for of in ready.prerequisites:
        for release in of.releases:
            if release.has_crds:
                yield f"helm show crds {_chart(of, release)} > {release.name}-crds.yaml"
            command = f"helm template {release.name} {_source(site, of, release)}"
            yield f"{command} {options} > {release.name}.yaml"


def _beyond_the_gap(ready: Preparation) -> Iterator[str]:
    """The commands that apply these files."""
    for of in ready.prerequisites:
        if not ready.login:
            yield from map(_namespace, of.namespaces)
        for release in of.releases:
            if release.has_crds:
                file = f"{release.name}-crds.yaml"
                yield f"{_APPLY} -f {file}"
                yield f"kubectl wait --for=condition=Established -f {file} --timeout=60s"
            yield f"{_APPLY} --namespace {release.namespace} -f {release.name}.yaml"
            if release.has_deployments:
                condition = "--for=condition=Available deployment --all --timeout=10m"
                yield f"kubectl wait --namespace {release.namespace} {condition}"


def _logins(of: Prerequisite, ready: Preparation) -> Iterator[str]:
    """The commands that make the login to the site's registry where its pods pull."""
    for namespace in of.namespaces:
        yield _namespace(namespace)
        for name in ready.login:
            yield RequiredSecret(namespace, name, REGISTRY_LOGIN, (), ()).command()


def _namespace(name: str) -> str:
    return f"kubectl create namespace {name}"


def _source(site: str, of: Prerequisite, release: ChartRelease) -> str:
    values = f"dist/{site}/prerequisites/{values_path(of, release)}"
    return f"{_chart(of, release)} --namespace {release.namespace} --values {values}"


def _chart(of: Prerequisite, release: ChartRelease) -> str:
    return f"{release.chart} --repo {of.repository} --version {of.version}"
