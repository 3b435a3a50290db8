"""Pinned tools are built when they must be, and only then."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from carrel.errors import EnvironmentFault, UsageError
from carrel.tools import build
from carrel.tools.recipe import Recipe, recipes
from carrel.tools.record import binary_path, built_version
from carrel.tools.version import Version

pytestmark = pytest.mark.usefixtures("go")


def said(root: Path, *names: str) -> list[str]:
    """Build, and return what was reported."""
    reports: list[str] = []
    build.build(root, names, reports.append)
    return reports


def output_of(binary: Path) -> str:
    return subprocess.run([binary], check=True, capture_output=True, text=True).stdout


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def change_pin(root: Path) -> None:
    edit(root / "tools/greeting/go.mod", "v1.2.3", "v1.2.4")


def change_sum(root: Path) -> None:
    line = "example.test/other v1.0.0 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    (root / "tools/greeting/go.sum").write_text(line)


def change_variable(root: Path) -> None:
    edit(root / "tools/greeting/tool.toml", "v{version}", "release {version}".replace(" ", "-"))


def remove_binary(root: Path) -> None:
    binary_path(root, "greeting").unlink()


def replace_binary(root: Path) -> None:
    binary_path(root, "greeting").write_text("something else")


def remove_records(root: Path) -> None:
    for record in (root / ".tools" / "built").iterdir():
        record.unlink()


def test_a_binary_says_the_version_that_go_mod_pins(greeting_project: Path) -> None:
    said(greeting_project)

    assert output_of(binary_path(greeting_project, "greeting")) == "greeting v1.2.3\n"
    assert built_version(greeting_project, "greeting") == Version(1, 2, 3)


def test_nothing_is_built_twice(greeting_project: Path) -> None:
    assert len(said(greeting_project, "greeting")) == 1
    assert said(greeting_project, "greeting") == []
    assert said(greeting_project) == []


@pytest.mark.parametrize(
    "change",
    [change_pin, change_sum, change_variable, remove_binary, replace_binary, remove_records],
)
def test_whatever_would_change_a_binary_builds_it_again(
    greeting_project: Path, change: Callable[[Path], None]
) -> None:
    said(greeting_project)
    change(greeting_project)

    assert [line.split()[:2] for line in said(greeting_project)] == [["building", "greeting"]]
    assert output_of(binary_path(greeting_project, "greeting")).startswith("greeting ")


def test_a_file_that_we_did_not_build_has_no_version(greeting_project: Path) -> None:
    said(greeting_project)
    replace_binary(greeting_project)

    assert built_version(greeting_project, "greeting") is None


def test_of_several_builds_at_once_one_works_and_all_succeed(greeting_project: Path) -> None:
    command = [sys.executable, "-m", "carrel.tools.build", "--root", str(greeting_project)]
    builders = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    reports = [builder.communicate(timeout=120)[1] for builder in builders]

    assert [builder.returncode for builder in builders] == [0, 0, 0, 0]
    assert "".join(reports).count("building greeting") == 1
    assert output_of(binary_path(greeting_project, "greeting")) == "greeting v1.2.3\n"


def test_a_build_that_fails_is_one_sentence_and_leaves_the_old_binary(
    greeting_project: Path,
) -> None:
    said(greeting_project)
    change_pin(greeting_project)
    (greeting_project / "source/main.go").write_text("package main\n\nfunc main() { oops }\n")

    with pytest.raises(
        EnvironmentFault, match=r"example.test/greeting could not be built \(.*oops"
    ):
        said(greeting_project)

    assert output_of(binary_path(greeting_project, "greeting")) == "greeting v1.2.3\n"
    left = {path.name for path in (greeting_project / ".tools").iterdir()}
    assert left == {"bin", "built", "lock"}


def test_the_users_go_settings_do_not_change_the_result(
    greeting_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "GOFLAGS": "-mod=vendor",
        "GOOS": "windows",
        "GOROOT": "/nonexistent",
        "GOTOOLCHAIN": "go1.99.0",
        "GOWORK": "/nonexistent/go.work",
    }.items():
        monkeypatch.setenv(name, value)

    said(greeting_project)

    assert output_of(binary_path(greeting_project, "greeting")) == "greeting v1.2.3\n"


def test_an_unknown_tool_is_a_usage_error_that_names_the_known(greeting_project: Path) -> None:
    with pytest.raises(UsageError, match="no tool is named hlem; there are greeting"):
        said(greeting_project, "hlem")


def test_a_tool_on_demand_is_built_when_it_is_named(greeting_project: Path) -> None:
    description = greeting_project / "tools" / "greeting" / "tool.toml"
    description.write_text("on_demand = true\n" + description.read_text())

    assert said(greeting_project) == []
    assert said(greeting_project, "greeting") != []


def test_the_usual_tools_include_one_kubernetes(project_root: Path) -> None:
    """A second one would take minutes to build for tests that nobody runs every day."""
    versions = {
        recipe.name: recipe.on_demand
        for recipe in recipes(project_root / "tools")
        if "kube-apiserver" in " ".join(recipe.binaries)
    }

    assert versions == {"kubernetes": False, "kubernetes-1.33": True, "kubernetes-1.37": True}


@pytest.mark.parametrize(
    ("folder", "binary", "stamp"),
    [
        ("helm", "helm", "helm.sh/helm/v4/internal/version.version=v4.2."),
        ("helm3", "helm3", "helm.sh/helm/v3/internal/version.version=v3.21."),
        ("helm318", "helm318", "helm.sh/helm/v3/internal/version.version=v3.18.5"),
        ("helm3", "helm3", "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=36"),
        ("helm318", "helm318", "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=33"),
        ("kubeconform", "kubeconform", "main.version=v0.7."),
        ("kubernetes", "kubectl", "k8s.io/component-base/version.gitVersion=v1.36."),
        ("kubernetes", "kube-apiserver", "k8s.io/component-base/version.gitMinor=36"),
        ("kubernetes-1.33", "kubectl-1.33", "k8s.io/component-base/version.gitMinor=33"),
        ("kubernetes-1.37", "kubectl-1.37", "k8s.io/component-base/version.gitMinor=37"),
        ("kwok", "kwok", "sigs.k8s.io/kwok/pkg/consts.Version=v0.8."),
    ],
)
def test_every_tool_is_stamped(project_root: Path, folder: str, binary: str, stamp: str) -> None:
    recipe = Recipe.read(project_root / "tools" / folder)

    assert binary in recipe.binaries
    assert f"-X {stamp}" in recipe.linker_flags


def test_no_two_tools_make_the_same_binary(project_root: Path) -> None:
    binaries = [name for recipe in recipes(project_root / "tools") for name in recipe.binaries]

    assert len(binaries) == len(set(binaries))
