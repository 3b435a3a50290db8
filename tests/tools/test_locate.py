"""Which Helm and which kubeconform are used."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from carrel.errors import EnvironmentFault
from carrel.tools.helm import Helm
from carrel.tools.kubeconform import Kubeconform
from carrel.tools.locate import HELM, KUBECONFORM, find_helm, find_kubeconform
from carrel.tools.provide import provide
from carrel.tools.version import Version


@pytest.fixture
def path_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands alone on PATH; no tool is named in the environment."""
    monkeypatch.delenv("CARREL_HELM", raising=False)
    monkeypatch.delenv("CARREL_KUBECONFORM", raising=False)
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def empty_project(tmp_path: Path) -> Path:
    """A project in which no tool is built."""
    (tmp_path / "project" / ".tools").mkdir(parents=True)
    return tmp_path / "project"


def program(file: Path, prints: str) -> Path:
    """A program that prints a version: one that no longer exists, or not yet."""
    file.write_text(f"#!/bin/sh\necho '{prints}'\n")
    file.chmod(0o755)
    return file


def test_one_on_path_that_fits_comes_before_our_own(
    path_folder: Path, project_root: Path, helm4: Helm
) -> None:
    (path_folder / "helm").symlink_to(helm4.path.with_name("helm318"))

    assert find_helm(project_root).path == path_folder / "helm"


@pytest.mark.parametrize(
    ("prints", "fits"),
    [
        ("v3.18.4+g1234567", False),
        ("v3.18.5+g1234567", True),
        ("v3.21.4", True),
        ("v4.0.5", False),
        ("v4.1.9", False),
        ("v4.2.0-rc.1", False),
        ("v4.2.0", True),
        ("v5.0.0", True),
        ("nonsense", False),
    ],
)
def test_one_on_path_that_does_not_fit_is_passed_over(
    path_folder: Path, project_root: Path, helm4: Helm, prints: str, fits: bool
) -> None:
    found = program(path_folder / "helm", prints)

    assert find_helm(project_root).path == (found if fits else helm4.path)


def test_our_own_is_used_when_there_is_none_on_path(
    path_folder: Path, project_root: Path, helm4: Helm, kubeconform: Kubeconform
) -> None:
    assert list(path_folder.iterdir()) == []
    assert find_helm(project_root) == helm4
    assert find_kubeconform(project_root) == kubeconform


@pytest.mark.usefixtures("path_folder")
def test_without_any_the_sentence_names_the_command(empty_project: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        find_helm(empty_project)

    assert str(caught.value) == (
        "helm is missing and Helm 3.18.5 or a later 3.x, or 4.2 or later is needed: "
        "run `make tools`"
    )


def test_with_only_an_old_one_the_sentence_names_it(path_folder: Path, empty_project: Path) -> None:
    found = program(path_folder / "kubeconform", "v0.6.7")

    with pytest.raises(EnvironmentFault) as caught:
        find_kubeconform(empty_project)

    assert str(caught.value) == (
        f"{found} is version 0.6.7 and kubeconform 0.7 or later is needed: run `make tools`"
    )


def test_a_named_one_comes_first_and_the_option_before_the_environment(
    path_folder: Path, tmp_path: Path, project_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(path_folder / "helm", "v4.2.0")
    from_environment = program(tmp_path / "first", "v4.2.1")
    from_option = program(tmp_path / "second", "v4.2.2")
    monkeypatch.setenv("CARREL_HELM", str(from_environment))

    assert find_helm(project_root) == Helm(from_environment, Version(4, 2, 1))
    assert find_helm(project_root, str(from_option)) == Helm(from_option, Version(4, 2, 2))


def test_a_named_one_that_does_not_fit_is_an_error(
    path_folder: Path, tmp_path: Path, project_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(path_folder / "helm", "v4.2.0")
    old = program(tmp_path / "old", "v3.12.0")

    with pytest.raises(EnvironmentFault) as caught:
        find_helm(project_root, str(old))
    assert str(caught.value) == (
        f"--helm does not fit: {old} is version 3.12.0 and Helm 3.18.5 or a later 3.x, or 4.2 or "
        "later is needed: name another one, or leave --helm out and run `make tools`"
    )

    monkeypatch.setenv("CARREL_HELM", "/nowhere/helm")
    with pytest.raises(EnvironmentFault, match="CARREL_HELM names /nowhere/helm, which is not a"):
        find_helm(project_root)


def test_a_binary_on_path_is_asked_once_until_it_changes(
    path_folder: Path, empty_project: Path, kubeconform: Kubeconform
) -> None:
    binary = Path(shutil.copy2(kubeconform.path, path_folder / "kubeconform"))
    memory = empty_project / ".tools" / "versions.json"

    assert find_kubeconform(empty_project).version == kubeconform.version
    (entry,) = json.loads(memory.read_text())
    memory.write_text(json.dumps([[*entry[:-1], "7.7.7"]]))
    assert find_kubeconform(empty_project).version == Version(7, 7, 7)

    os.utime(binary, (1, 1))
    assert find_kubeconform(empty_project).version == kubeconform.version
    assert len(json.loads(memory.read_text())) == 1


def test_a_script_on_path_is_asked_each_time(path_folder: Path, empty_project: Path) -> None:
    """It may be a version manager's, whose answer depends on more than its file."""
    (path_folder / "version").write_text("v4.2.1")
    shim = path_folder / "helm"
    shim.write_text(f'#!/bin/sh\nread -r version < "{path_folder}/version"; echo "$version"\n')
    shim.chmod(0o755)
    assert find_helm(empty_project).version == Version(4, 2, 1)

    (path_folder / "version").write_text("v4.2.2\n")

    assert find_helm(empty_project).version == Version(4, 2, 2)


def test_a_link_to_a_version_manager_is_asked_each_time(
    path_folder: Path, empty_project: Path, kubeconform: Kubeconform
) -> None:
    manager = shutil.copy2(kubeconform.path, path_folder / "manager")
    (path_folder / "kubeconform").symlink_to(manager)

    assert find_kubeconform(empty_project).version == kubeconform.version
    assert not (empty_project / ".tools" / "versions.json").exists()


@pytest.mark.parametrize("content", ["", "{", "{}", "[1]", "[[]]", "[[1, 2]]"])
def test_a_damaged_memory_is_forgotten(
    path_folder: Path, empty_project: Path, kubeconform: Kubeconform, content: str
) -> None:
    shutil.copy2(kubeconform.path, path_folder / "kubeconform")
    (empty_project / ".tools" / "versions.json").write_text(content)

    assert find_kubeconform(empty_project).version == kubeconform.version


def test_provide_builds_nothing_when_one_on_path_fits(
    path_folder: Path, empty_project: Path
) -> None:
    found = program(path_folder / "helm", "v4.2.0")

    assert provide(empty_project, HELM) == found
    assert not (empty_project / ".tools" / "bin").exists()


def test_provide_builds_what_is_missing(
    go: Path, path_folder: Path, greeting_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = greeting_project / "tools" / "greeting"
    description = recipe / "tool.toml"
    description.write_text(description.read_text().replace("greeting =", "kubeconform ="))
    monkeypatch.setenv("PATH", f"{path_folder}{os.pathsep}{go.parent}")

    path = provide(greeting_project, KUBECONFORM)

    assert path == greeting_project / ".tools" / "bin" / "kubeconform"
    assert find_kubeconform(greeting_project) == Kubeconform(path, Version(1, 2, 3))


def test_provide_builds_again_when_a_pin_has_changed(
    go: Path, path_folder: Path, greeting_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test_provide_builds_what_is_missing(go, path_folder, greeting_project, monkeypatch)
    module = greeting_project / "tools" / "greeting" / "go.mod"
    module.write_text(module.read_text().replace("v1.2.3", "v1.2.4"))

    provide(greeting_project, KUBECONFORM)

    assert find_kubeconform(greeting_project).version == Version(1, 2, 4)


def test_provide_never_replaces_a_named_one(
    path_folder: Path, empty_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = program(path_folder / "old", "v3.1.0")
    monkeypatch.setenv("CARREL_HELM", str(old))
    reports: list[str] = []
    report: Callable[[str], None] = reports.append

    with pytest.raises(EnvironmentFault, match="CARREL_HELM does not fit"):
        provide(empty_project, HELM, report)

    assert reports == []
