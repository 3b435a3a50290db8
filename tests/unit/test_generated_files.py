"""What `carrel gen` makes is what is committed, and making it changes nothing else."""

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from carrel.build.outputs import GENERATED_FOLDERS, generated_files, stale_files
from carrel.commands import gen
from carrel.errors import EnvironmentFault
from carrel.schema.bundle import load

Gen = Callable[..., int]


@pytest.fixture
def project(project_root: Path, tmp_path: Path) -> Path:
    """A copy of everything that `carrel gen` reads and writes."""
    folder = tmp_path / "project"
    for name in ("generator/schema", "chart"):
        shutil.copytree(project_root / name, folder / name)
    for name in ("carrel", "catalogue", "templates"):
        (folder / "generator" / name).symlink_to(project_root / "generator" / name)
    (folder / "values").mkdir()
    (folder / "tests" / "fixtures").mkdir(parents=True)
    findings = "tests/fixtures/findings"
    (folder / findings).symlink_to(project_root / findings)
    return folder


@pytest.fixture
def run_gen(project: Path) -> Gen:
    """`carrel gen` in the copy: its exit code."""
    return lambda check=False: gen.run(
        argparse.Namespace(folder=project, check=check, color="never")
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_what_is_committed_is_what_would_be_made(project_root: Path) -> None:
    files = generated_files(project_root, load(project_root / "generator" / "schema"))

    for path, text in files.items():
        assert (project_root / path).read_text("utf-8") == text, f"{path}: run `carrel gen`"
    assert stale_files(project_root, files) == ()


def test_the_files_are_those_that_are_announced(project_root: Path) -> None:
    files = generated_files(project_root, load(project_root / "generator" / "schema"))

    assert list(files) == sorted(files)
    assert {"chart/values.yaml", "chart/values.schema.json", "docs/values.md"} < set(files)
    assert sum(path.startswith(GENERATED_FOLDERS) for path in files) == 6
    assert all(text.endswith("\n") and "\r" not in text for text in files.values())


def test_making_them_twice_changes_nothing(
    project: Path, run_gen: Gen, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_gen() == 0
    before = contents(project)
    capsys.readouterr()

    assert run_gen() == 0
    assert contents(project) == before
    assert capsys.readouterr() == ("", "")
    assert run_gen(check=True) == 0
    assert capsys.readouterr() == ("", "")


def test_drift_is_shown_as_a_difference_and_nothing_is_changed(
    project: Path, run_gen: Gen, capsys: pytest.CaptureFixture[str]
) -> None:
    run_gen()
    values = project / "chart" / "values.yaml"
    values.write_text(values.read_text("utf-8").replace("idleMinutes: 240", "idleMinutes: 60"))
    before = contents(project)
    capsys.readouterr()

    assert run_gen(check=True) == 1

    said = capsys.readouterr()
    assert "--- chart/values.yaml\n+++ chart/values.yaml\n" in said.out
    assert "\n-    idleMinutes: 60\n+    idleMinutes: 240\n" in said.out
    assert said.err == "out of date: chart/values.yaml; run `carrel gen` and commit what it does\n"
    assert contents(project) == before


def test_a_file_that_is_missing_is_made_and_one_that_nothing_makes_is_removed(
    project: Path, run_gen: Gen, capsys: pytest.CaptureFixture[str]
) -> None:
    run_gen()
    folder = project / GENERATED_FOLDERS[0]
    (folder / "old.yaml").write_text("kind: Old\n")
    (project / "docs" / "values.md").unlink()
    capsys.readouterr()

    assert run_gen(check=True) == 1
    said = capsys.readouterr()
    assert "--- /dev/null\n+++ docs/values.md\n" in said.out
    assert f"--- {GENERATED_FOLDERS[0]}/old.yaml\n+++ /dev/null\n@@ -1 +0,0 @@\n" in said.out

    assert run_gen() == 0
    assert capsys.readouterr().err == (
        f"made docs/values.md\nremoved {GENERATED_FOLDERS[0]}/old.yaml\n"
    )
    assert not (folder / "old.yaml").exists()
    assert run_gen(check=True) == 0


def test_a_mistake_in_the_schema_is_said_at_its_place_and_nothing_is_written(
    project: Path, run_gen: Gen, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(project)
    area = project / "generator" / "schema" / "10-site.yaml"
    area.write_text(area.read_text("utf-8").replace("    type: object\n", "    tpye: object\n", 1))

    assert run_gen() == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert "generator/schema/10-site.yaml:" in said.err
    assert "site: keyword tpye is none of those in carrel.schema.keywords" in said.err
    changed = {path for path, data in contents(project).items() if before[path] != data}
    assert changed == {"generator/schema/10-site.yaml"}


def test_files_of_the_schema_that_do_not_fit_together_are_said_to_be_so(
    project: Path, run_gen: Gen, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "generator" / "schema" / "99-more.yaml").write_text("title: More\n")

    assert run_gen() == 1
    assert capsys.readouterr().err == (
        "generator/schema/99-more.yaml:1:1: error[E151] order, a whole number, is missing\n"
        "1 error, 0 warnings\n"
    )


def test_a_value_without_a_reader_fails_the_check(
    project: Path, run_gen: Gen, capsys: pytest.CaptureFixture[str]
) -> None:
    area = project / "generator" / "schema" / "10-site.yaml"
    text = area.read_text("utf-8")
    unread = (
        "      unread:\n        type: boolean\n        description: Nobody reads it.\n"
        "        default: true\n        x-since: 0.1.0\n"
    )
    area.write_text(text.replace("    properties:\n", f"    properties:\n{unread}", 1))
    run_gen()
    capsys.readouterr()

    assert run_gen(check=True) == 1
    assert "site.unread: no template reads this value" in capsys.readouterr().err


def test_a_renamed_value_that_the_changelog_does_not_mention_fails_the_check(
    project: Path, project_root: Path, run_gen: Gen, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue = project / "generator" / "catalogue"
    catalogue.unlink()
    shutil.copytree(project_root / "generator" / "catalogue", catalogue)
    (catalogue / "deprecations.yaml").write_text(
        "deprecations:\n- {path: login, since: 0.1.0, replacement: identity, message: m}\n"
    )
    assert run_gen() == 0
    capsys.readouterr()

    assert run_gen(check=True) == 1
    assert capsys.readouterr().err == (
        "generator/catalogue/deprecations.yaml:2:3: error[E151] login: CHANGELOG.md does not "
        "mention `login` under 0.1.0\n1 error, 0 warnings\n"
    )
    (project / "CHANGELOG.md").write_text("# Changelog\n\n## 0.1.0\n\n- `login` is `identity`.\n")
    assert run_gen(check=True) == 0


def test_a_place_that_is_taken_is_an_environment_s_fault(project: Path, run_gen: Gen) -> None:
    (project / "docs").write_text("I am no folder.\n")

    with pytest.raises(EnvironmentFault, match=r"^docs/errors\.md cannot be written"):
        run_gen()

    (project / "docs").unlink()
    (project / "docs" / "values.md").mkdir(parents=True)

    with pytest.raises(EnvironmentFault, match=r"^docs/values\.md cannot be read"):
        run_gen(check=True)
