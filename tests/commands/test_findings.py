"""Every code has a fixture that yields it, and the page that documents it.

A fixture is in `tests/fixtures/findings/`: `CODE-name.yaml` is the file of a site named probe, and
a folder `CODE-name` holds files that are laid over a project. In comments they say what is run
(`# run: carrel render probe`, by default `carrel validate probe`), how many bytes the file is to be
filled up to (`# size:`), and each finding, which are all that there are (`# expect:`).
"""

import json
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from carrel import cli
from carrel.build.errors_docs import EXAMPLES, examples
from carrel.codes import CODES, ERRORS_PAGE
from carrel.remedies import REMEDIES

Lay = Callable[["Fixture"], Path]

ALL = sorted((Path(__file__).resolve().parents[2] / EXAMPLES).iterdir())
# What needs a cluster is proved in tests/cluster/test_doctor.py.
FIXTURES = [path for path in ALL if getattr(CODES.get(path.name[:4]), "area", "") != "cluster"]
SITE = "values/sites/probe/site.yaml"

DIRECTIVE = re.compile(rb"^# (run|size|expect): (.*)$", re.MULTILINE)
FINDING = re.compile(r"(?:^|: )(?:error|warning)\[[EW]\d{3}\] ")


@dataclass(frozen=True)
class Fixture:
    """Files that are wrong, and what Carrel is to say of them."""

    path: Path

    @property
    def files(self) -> dict[str, bytes]:
        """Path below the root of the project → content."""
        if self.path.is_file():
            return {SITE: self.path.read_bytes()}
        return {
            file.relative_to(self.path).as_posix(): file.read_bytes()
            for file in self.path.rglob("*")
            if file.is_file()
        }

    def said(self, directive: str) -> list[str]:
        """What the comments say under a name."""
        return [
            value.decode()
            for data in self.files.values()
            for name, value in DIRECTIVE.findall(data)
            if name == directive.encode()
        ]


@pytest.fixture
def lay(project: Path, project_root: Path) -> Lay:
    """Makes a project with the files of a fixture, which has no other site."""

    def lay(fixture: Fixture) -> Path:
        shutil.rmtree(project / "values/sites")
        (project / "generator").unlink()
        for source in (project_root / "generator").iterdir():
            copied = project / "generator" / source.name
            copied.parent.mkdir(exist_ok=True)
            if source.name == "carrel":
                copied.symlink_to(source)
            elif source.is_dir():
                shutil.copytree(source, copied)
            else:
                shutil.copy(source, copied)
        size = int("".join(fixture.said("size")) or 0)
        for name, data in fixture.files.items():
            file = project / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data + b"#\n" * max(0, (size - len(data) + 1) // 2))
        return project

    return lay


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_a_fixture_yields_what_it_says_and_nothing_else(
    path: Path, lay: Lay, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    fixture = Fixture(path)
    expected = fixture.said("expect")
    run = "".join(fixture.said("run")) or "carrel validate probe"

    code = cli.main(["-C", str(lay(fixture)), *run.split()[1:]])

    said = capsys.readouterr()
    lines = f"{said.out}\n{said.err}".splitlines()
    assert [line for line in lines if FINDING.search(line)] == expected
    assert any(f"[{path.name[:4]}]" in line for line in expected)
    assert code == (1 if any("error[" in line for line in expected) else 0), said.err


def test_every_code_has_a_fixture_and_every_fixture_a_code(project_root: Path) -> None:
    announced = {f"{code.code}-{code.name}" for code in CODES.values()}

    assert {path.name.removesuffix(".yaml") for path in ALL} == announced
    assert examples(project_root / EXAMPLES).keys() == CODES.keys()


def test_every_code_is_documented_where_its_findings_say(project_root: Path) -> None:
    page = (project_root / ERRORS_PAGE).read_text("utf-8")
    headings = re.findall(r"^### (.*)$", page, re.MULTILINE)

    # As GitHub makes anchors of headings like these.
    anchors = {f"{ERRORS_PAGE}#{heading.lower().replace(' ', '-')}" for heading in headings}
    assert anchors == {code.doc for code in CODES.values()}
    assert REMEDIES.keys() <= CODES.keys()


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("tenants:\n", "  desk-{}: {{owner: 3, plan: standard}}\n"),
        ("tenants:\n", "  desk-{}: {{plan: standard}}\n"),
        ("groups:\n", "  staff: [u{}@example.com]\n"),
    ],
    ids=["wrong types", "missing keys", "duplicate keys"],
)
def test_ten_thousand_mistakes_are_counted(
    project: Path, capsys: pytest.CaptureFixture[str], above: str, line: str
) -> None:
    site = project / "values/sites/vault/site.yaml"
    mistakes = "".join(line.format(number) for number in range(10_000))
    site.write_text(site.read_text() + above + mistakes)
    started = time.process_time()

    assert cli.main(["-C", str(project), "validate", "vault"]) == 1

    took = time.process_time() - started
    said = capsys.readouterr().out.splitlines()
    number = int(said[-1].split()[0])
    # Far more than it takes, far less than if each mistake were compared with every other.
    assert took < 20, f"took {took:.1f} s"
    assert sum("error[" in each for each in said) == 200
    assert said[-2:] == [f"… and {number - 200} more", f"{number} errors, 0 warnings"]
    for form, entries in (("json", len), ("sarif", lambda log: len(log["runs"][0]["results"]))):
        assert cli.main(["-C", str(project), "validate", "vault", "--format", form]) == 1
        assert entries(json.loads(capsys.readouterr().out)) == number
    assert number == (10_000 if "staff" not in line else 1000)
