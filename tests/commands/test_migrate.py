"""`carrel migrate` shows how a site's files change, and changes all of them or none."""

import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from carrel import rewriting
from carrel.errors import EnvironmentFault

Carrel = Callable[..., subprocess.CompletedProcess[str]]

SITE = "values/sites/probe/site.yaml"
TENANTS = "values/sites/probe/tenants.yaml"
PLATFORM = "values/platforms/vanilla.yaml"
LIST = "generator/catalogue/deprecations.yaml"

ENTRIES = """\
deprecations:
  - path: notebooks.idle
    since: 0.1.0
    replacement: notebooks.culling.idleMinutes
    message: it belongs to culling
  - path: tenants.*.head
    since: 0.1.0
    replacement: tenants.*.owner
    message: a tenant is owned
  - path: mesh.tail
    since: 0.1.0
    message: nobody needs it
"""
OLD_SITE = """\
# The probe.
site: {name: probe,   platform: vanilla} # odd  spaces
identity: {oidc: {issuer: "https://login.example.com"}}

notebooks:
  # Half an hour.
  idle: 30   # minutes
"""
NEW_SITE = OLD_SITE.replace(
    "  # Half an hour.\n  idle: 30   # minutes\n",
    "  culling:\n    # Half an hour.\n    idleMinutes: 30   # minutes\n",
)
OLD_TENANTS = "tenants:\r\n  # One.\r\n  desk:   {head: ada@example.com, plan: standard}"
NEW_TENANTS = OLD_TENANTS.replace("head", "owner")
SPACE = " "
OF_SITE = f"""\
--- {SITE}
+++ {SITE}
@@ -3,5 +3,6 @@
 identity: {{oidc: {{issuer: "https://login.example.com"}}}}
{SPACE}
 notebooks:
-  # Half an hour.
-  idle: 30   # minutes
+  culling:
+    # Half an hour.
+    idleMinutes: 30   # minutes
"""
OF_TENANTS = f"""\
--- {TENANTS}
+++ {TENANTS}
@@ -1,3 +1,3 @@
 tenants:\r
   # One.\r
-  desk:   {{head: ada@example.com, plan: standard}}
\\ No newline at end of file
+  desk:   {{owner: ada@example.com, plan: standard}}
\\ No newline at end of file
"""


@pytest.fixture
def probe(project: Path, project_root: Path) -> Path:
    """A project with a past, whose only site, `probe`, is of former days."""
    (project / "generator").unlink()
    shutil.copytree(project_root / "generator/schema", project / "generator/schema")
    shutil.copytree(project_root / "generator/catalogue", project / "generator/catalogue")
    (project / LIST).write_text(ENTRIES)
    shutil.rmtree(project / "values/sites")
    (project / SITE).parent.mkdir(parents=True)
    (project / SITE).write_bytes(OLD_SITE.encode())
    (project / TENANTS).write_bytes(OLD_TENANTS.encode())
    return project


def contents(root: Path) -> dict[str, bytes]:
    """Every file below the values, hidden or not, with its content."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted((root / "values").rglob("*"))
        if path.is_file()
    }


def test_without_write_it_prints_the_difference_and_changes_nothing(
    probe: Path, carrel: Carrel
) -> None:
    before = contents(probe)

    done = carrel("migrate", "probe")

    assert done.returncode == 0
    # The pipe is read as text, in which every line ends alike.
    assert done.stdout == (OF_SITE + OF_TENANTS).replace("\r", "")
    assert done.stderr == f"this would change {SITE}, {TENANTS}; --write does it\n"
    assert contents(probe) == before


def test_the_difference_is_a_patch_that_fits(probe: Path, environment: Mapping[str, str]) -> None:
    patch = subprocess.run(
        [sys.executable, "-m", "carrel", "migrate", "probe"],
        env=dict(environment),
        cwd=probe,
        capture_output=True,
        check=True,
    ).stdout

    git = shutil.which("git")
    assert git is not None
    subprocess.run([git, "apply", "-p0", "-"], input=patch, cwd=probe, check=True)

    assert (probe / SITE).read_bytes() == NEW_SITE.encode()
    assert (probe / TENANTS).read_bytes() == NEW_TENANTS.encode()


def test_with_write_it_changes_the_files_and_nothing_else(probe: Path, carrel: Carrel) -> None:
    (probe / SITE).chmod(0o640)
    before = contents(probe)

    done = carrel("migrate", "probe", "--write")

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"wrote {SITE}\nwrote {TENANTS}\n"
    assert contents(probe) == before | {SITE: NEW_SITE.encode(), TENANTS: NEW_TENANTS.encode()}
    assert stat.S_IMODE((probe / SITE).stat().st_mode) == 0o640
    assert carrel("validate", "probe").returncode == 0


def test_what_is_up_to_date_stays_as_it_is(probe: Path, carrel: Carrel) -> None:
    carrel("migrate", "probe", "--write")
    before = contents(probe)

    for more in ((), ("--write",)):
        done = carrel("migrate", "probe", *more)
        assert (done.returncode, done.stdout) == (0, "")
        assert done.stderr == "probe uses nothing that is gone\n"
    assert contents(probe) == before


@pytest.mark.usefixtures("probe")
def test_until_then_validate_says_what_to_do(carrel: Carrel) -> None:
    done = carrel("validate", "probe")

    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"{SITE}:7:3: error[E112] notebooks.idle: renamed in 0.1.0, now ")
    assert len(lines) == 3
    assert lines[1].startswith(f"{TENANTS}:3:12: error[E112] tenants.desk.head: renamed")


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            TENANTS,
            "tenants: {desk: {head: a@b.c, owner: a@b.c, plan: standard}}\n",
            f"{TENANTS}:1:18: error[E113] tenants.desk.head: tenants.desk.owner is set as well",
        ),
        (TENANTS, "tenants: [\n", f"{TENANTS}:2:1: error[E007] "),
        (SITE, "site: \xff\n", f"{SITE}:1:7: error[E004] "),
    ],
)
def test_where_one_file_is_refused_none_is_changed(
    probe: Path, carrel: Carrel, file: str, text: str, said: str
) -> None:
    (probe / file).write_bytes(text.encode("latin-1"))
    before = contents(probe)

    for more in ((), ("--write",)):
        done = carrel("migrate", "probe", *more)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(said)
        assert done.stderr.endswith("no file is changed\n")
    assert contents(probe) == before


UNPRIVILEGED = """\
import ctypes, os, sys
CAPBSET_DROP, DAC_OVERRIDE = 24, 1
ctypes.CDLL(None).prctl(CAPBSET_DROP, DAC_OVERRIDE, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-m", "carrel", *sys.argv[1:]])
"""
"""Carrel without root's privilege to write anywhere, which others never have."""


@pytest.mark.parametrize("locked", ["file", "folder"])
def test_where_one_file_cannot_be_written_none_is_changed(
    probe: Path, environment: Mapping[str, str], locked: str, tmp_path: Path
) -> None:
    if locked == "file":
        (probe / TENANTS).chmod(0o444)
    else:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        (probe / TENANTS).rename(elsewhere / "tenants.yaml")
        (probe / TENANTS).symlink_to(elsewhere / "tenants.yaml")
        elsewhere.chmod(0o555)
    before = contents(probe)

    done = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED, "migrate", "probe", "--write"],
        env=dict(environment),
        cwd=probe,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3, done.stderr
    reason = "read-only" if locked == "file" else "permission denied"
    assert f"{TENANTS} cannot be written ({reason}): permit it" in done.stderr
    assert "wrote" not in done.stderr
    assert contents(probe) == before


def test_a_link_stays_a_link(probe: Path, carrel: Carrel, tmp_path: Path) -> None:
    (probe / SITE).rename(tmp_path / "mine.yaml")
    (probe / SITE).symlink_to(tmp_path / "mine.yaml")

    assert carrel("migrate", "probe", "--write").returncode == 0

    assert (probe / SITE).is_symlink()
    assert (tmp_path / "mine.yaml").read_text() == NEW_SITE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.yaml", "project"]


def test_a_file_that_is_named_twice_is_changed_once(probe: Path, carrel: Carrel) -> None:
    done = carrel("migrate", "probe", f"values/../{SITE}", probe / SITE, "--write")

    assert (done.returncode, done.stderr) == (0, f"wrote {SITE}\nwrote {TENANTS}\n")
    assert (probe / SITE).read_text() == NEW_SITE


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("1")
    second.write_text("someone's")

    with pytest.raises(EnvironmentFault, match=r"b was changed meanwhile: run the command again"):
        rewriting.rewrite({first: (b"1", b"2"), second: (b"3", b"4")})

    assert (first.read_text(), second.read_text()) == ("1", "someone's")
    assert sorted(tmp_path.iterdir()) == [first, second]


def test_the_platform_which_other_sites_share_is_changed_when_it_is_named(
    probe: Path, carrel: Carrel
) -> None:
    of_platform = (probe / PLATFORM).read_text()
    (probe / PLATFORM).write_text(f"{of_platform}mesh: {{tail: 1}}\n")
    carrel("migrate", "probe", "--write")
    shared = "which other sites may share, needs a change too"

    from_root = carrel("migrate", "probe")
    from_values = carrel("migrate", "probe", folder=probe / "values")

    assert (from_root.returncode, from_root.stdout) == (0, "")
    hint = f"{PLATFORM}, {shared}: `carrel migrate probe {PLATFORM}` makes it\n"
    assert from_root.stderr == hint
    assert from_values.stderr == hint.replace("values/", "")
    named = carrel("migrate", "probe", "platforms/vanilla.yaml", "--write", folder=probe / "values")
    assert (named.returncode, named.stderr) == (0, f"wrote {PLATFORM}\n")
    assert (probe / PLATFORM).read_text() == of_platform
    assert carrel("validate", "probe").returncode == 0


def test_an_unknown_site_and_a_missing_file_are_sentences(probe: Path, carrel: Carrel) -> None:
    unknown = carrel("migrate", "prob")
    missing = carrel("migrate", "probe", "values/platforms/nowhere.yaml", "--write")

    assert unknown.returncode == missing.returncode == 1
    assert "error[E290] there is no site 'prob'" in unknown.stderr
    assert "did you mean 'probe'?" in unknown.stderr
    assert missing.stderr.startswith(
        "values/platforms/nowhere.yaml:1:1: error[E001] there is no such file\n"
    )
    assert (probe / SITE).read_text() == OLD_SITE
    assert carrel("migrate").returncode == 2
