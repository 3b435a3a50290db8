"""`dist/<site>/prerequisites/` says which charts of others a site needs, from which images.

What is asserted here is that values, commands and images of one site agree; tests/prerequisites
tries the values on the charts, less NVIDIA's, whose keys were looked up in its source.
"""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.commands.bundle_folder import blocks, folders, helm_commands, images, option, values

from carrel import upstream

Bundle = Callable[..., Path]


def test_gpus_that_a_plan_grants_need_the_operator(bundle: Bundle) -> None:
    assert folders(bundle("lab")) == {"istio", "cert-manager"}
    assert folders(bundle("campus")) == {"istio", "cert-manager", "gpu-operator"}
    no_gpus = bundle("vault", "plans.quant.quota.gpus.nvidia\\.com/gpu=0")
    assert folders(no_gpus) == {"istio", "cert-manager"}


def test_the_driver_is_installed_on_the_system_that_is_named(bundle: Bundle) -> None:
    without = bundle("vault")
    assert values(without, "gpu-operator/gpu-operator.yaml")["driver"] == {"enabled": False}
    assert not [each for each in images(without) if "driver" in each]

    folder = bundle("vault", "prerequisites.gpuOperator.nodeSystem=ubuntu24.04")
    driver = values(folder, "gpu-operator/gpu-operator.yaml")["driver"]

    assert driver["enabled"] is True
    tag = f"{driver['version']}-ubuntu24.04"
    assert f"{driver['repository']}/{driver['image']}:{tag}" in images(folder)
    manager = driver["manager"]
    assert f"{manager['repository']}/{manager['image']}:{manager['version']}" in images(folder)


def test_slices_of_cards_have_names_of_their_own(bundle: Bundle) -> None:
    def strategy(folder: Path) -> object:
        return values(folder, "gpu-operator/gpu-operator.yaml")["mig"]["strategy"]

    assert strategy(bundle("vault")) == "single"
    sliced = "plans.quant.quota.gpus.nvidia\\.com/mig-1g\\.10gb=4"
    assert strategy(bundle("vault", sliced)) == "mixed"


@pytest.mark.parametrize("layout", ["hostPrefixed", "path"])
def test_everything_is_pulled_from_the_sites_registry(bundle: Bundle, layout: str) -> None:
    own = "registry.vault.example.com/carrel/"
    folder = bundle("vault", f"images.layout={layout}")

    (hub,) = {values(folder, f"istio/{chart}.yaml")["global"]["hub"] for chart in ("cni", "istiod")}
    assert {f"{hub}/{name}:1.30.1" for name in ("pilot", "proxyv2", "install-cni")} <= set(
        images(folder)
    )
    manager = values(folder, "cert-manager/cert-manager.yaml")
    prefix = f"{manager['imageRegistry']}/{manager['imageNamespace']}/cert-manager-"
    assert len([each for each in images(folder) if each.startswith(prefix)]) == 5
    operator = values(folder, "gpu-operator/gpu-operator.yaml")
    for key in ("operator", "validator", "toolkit", "devicePlugin", "gfd", "dcgmExporter"):
        named = operator[key]
        assert f"{named['repository']}/{named['image']}:{named['version']}" in images(folder)
        assert named["imagePullSecrets"] == ["registry-login"]
    assert all(each.startswith(own) for each in images(folder))
    for file in (folder / "prerequisites").rglob("*.yaml"):
        for host in re.findall(r"\b(?:quay\.io|nvcr\.io|registry\.istio\.io)/", file.read_text()):
            assert layout == "hostPrefixed", f"{file}: {host}"


@pytest.mark.parametrize(
    ("sets", "left"),
    [
        (["prerequisites.istio.enabled=false"], {"cert-manager", "gpu-operator"}),
        (["prerequisites.certManager.enabled=false"], {"istio", "gpu-operator"}),
        (["prerequisites.gpuOperator.enabled=false"], {"istio", "cert-manager"}),
    ],
)
def test_what_is_somebody_elses_is_left_alone(
    bundle: Bundle, sets: list[str], left: set[str]
) -> None:
    every = bundle("vault")
    published = {"istio": "istio.io/", "cert-manager": "jetstack/", "gpu-operator": "nvcr.io/"}
    assert folders(every) == set(published)
    assert all(any(part in each for each in images(every)) for part in published.values())

    folder = bundle("vault", *sets)

    assert folders(folder) == left
    for name, part in published.items():
        assert any(part in each for each in images(folder)) == (name in left)


def test_a_gateway_of_yours_has_its_pods_already(bundle: Bundle) -> None:
    folder = bundle("vault", "gateway.existing=istio-ingress/shared")

    assert {path.stem for path in folder.glob("prerequisites/istio/*")} == {"base", "cni", "istiod"}


def test_nothing_is_written_where_nothing_is_needed(bundle: Bundle) -> None:
    names = ("istio", "certManager", "gpuOperator")

    folder = bundle("vault", *(f"prerequisites.{name}.enabled=false" for name in names))

    assert not (folder / "prerequisites").exists()


@pytest.mark.parametrize("site", ["lab", "vault"])
def test_every_chart_is_installed_once_in_the_version_that_is_listed(
    project_root: Path, project: Path, bundle: Bundle, site: str
) -> None:
    charts = upstream.load(project_root / "generator" / "catalogue").charts.values()
    folder = bundle(site)
    files = set(folder.glob("prerequisites/*/*.yaml"))

    for verb in ("upgrade", "template"):
        commands = list(helm_commands(folder, verb))
        named = [project / option(command, "--values") for command in commands]
        assert len(named) == len(set(named))
        assert set(named) == files
        sources = {(option(each, "--repo"), option(each, "--version")) for each in commands}
        assert sources <= {(each.repository, each.version) for each in charts}


def test_the_page_is_a_script_that_ends_at_the_first_fault(project: Path, bundle: Bundle) -> None:
    folder = bundle("vault")
    log, programs = project / "log", project / "programs"
    programs.mkdir()
    for name in ("helm", "kubectl"):
        program = programs / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> {log}\necho "# objects"\n')
        program.chmod(0o755)
    script = "set -eu\n" + "".join(blocks(folder))

    done = subprocess.run(
        ["/bin/sh", "-c", script],
        cwd=project,
        env={"PATH": f"{programs}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    told = log.read_text().splitlines()
    applied = [each.split()[-1] for each in told if each.startswith("kubectl apply ")]
    assert len(applied) == 7
    assert all((project / each).read_text() == "# objects\n" for each in applied)
    created = [each for each in told if each.startswith("kubectl create secret ")]
    assert [each.split(" -n ")[1].split()[0] for each in created] == [
        "istio-system",
        "cert-manager",
        "gpu-operator",
    ]
