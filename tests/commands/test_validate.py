"""`carrel validate` says what is wrong with sites, for people and for programs."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Carrel = Callable[..., subprocess.CompletedProcess[str]]

BROKEN = "crds:\n  enabled: 3\n"


@pytest.fixture
def broken(project: Path) -> Path:
    """A project whose site `vault` has one mistake."""
    site = project / "values/sites/vault/site.yaml"
    site.write_text(site.read_text() + BROKEN)
    return project


def test_every_site_is_checked_by_default(carrel: Carrel) -> None:
    done = carrel("validate")

    assert done.returncode == 0, done.stdout
    assert done.stderr == "3 sites are valid: campus, lab, vault\n"


def test_warnings_do_not_fail_it(carrel: Carrel) -> None:
    done = carrel("validate", "lab")

    assert done.returncode == 0
    assert "warning[W" in done.stdout
    assert done.stdout.endswith("\n")


@pytest.mark.usefixtures("broken")
def test_findings_are_printed_on_stdout_with_their_place(carrel: Carrel) -> None:
    done = carrel("validate", "vault")

    assert done.returncode == 1
    first, summary = done.stdout.splitlines()
    assert first.startswith("values/sites/vault/site.yaml:")
    assert "error[E103] crds.enabled: " in first
    assert summary == "1 error, 0 warnings"
    assert done.stderr == ""


@pytest.mark.usefixtures("broken")
def test_a_site_that_is_not_named_is_not_checked(carrel: Carrel) -> None:
    assert carrel("validate", "campus").returncode == 0


@pytest.mark.usefixtures("broken")
def test_findings_are_json_for_programs(carrel: Carrel) -> None:
    done = carrel("validate", "vault", "--format", "json")

    (found,) = json.loads(done.stdout)
    assert done.returncode == 1
    assert (found["code"], found["severity"], found["path"]) == ("E103", "error", "crds.enabled")
    assert (found["file"], found["column"]) == ("values/sites/vault/site.yaml", 12)


def test_no_findings_are_an_empty_list(carrel: Carrel) -> None:
    done = carrel("validate", "vault", "--format", "json")

    assert (done.returncode, json.loads(done.stdout), done.stderr) == (0, [], "")


@pytest.mark.usefixtures("broken")
def test_findings_are_annotations_for_github(carrel: Carrel) -> None:
    done = carrel("validate", "vault", "--format", "github")

    assert done.returncode == 1
    assert done.stdout.startswith("::error file=values/sites/vault/site.yaml,line=")


def test_a_finding_in_two_sites_is_said_once(project: Path, carrel: Carrel) -> None:
    platform = project / "values/platforms/vanilla.yaml"
    platform.write_text(platform.read_text() + BROKEN)

    done = carrel("validate", "lab", "vault", "lab")

    assert done.stdout.count("error[E103]") == 1


def test_a_project_without_sites_is_a_sentence(project: Path, carrel: Carrel) -> None:
    (project / "values/sites").rename(project / "values/none")

    done = carrel("validate")

    assert done.returncode == 2
    assert done.stderr == "carrel: there is no site below values/sites/ yet\n"
