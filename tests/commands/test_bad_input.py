"""Whatever is wrong gets one clear sentence at its place, and an earlier `dist/` is not touched."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

Carrel = Callable[..., subprocess.CompletedProcess[str]]
Snapshot = Callable[[], dict[str, bytes | None]]

SITE = "values/sites/lab/site.yaml"


def edit(file: Path, old: str, new: str) -> None:
    """Replace a text that a file has once."""
    text = file.read_text()
    assert text.count(old) == 1, f"{file} has {old!r} {text.count(old)} times"
    file.write_text(text.replace(old, new))


def append(text: str) -> Callable[[Path], object]:
    """A change of lab's file: lines at its end."""

    def change(root: Path) -> object:
        file = root / SITE
        return file.write_text(file.read_text() + text)

    return change


def content(data: bytes) -> Callable[[Path], object]:
    """A change of lab's file: other content."""
    return lambda root: (root / SITE).write_bytes(data)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 10)}]\n" for n in range(9)
)

MISTAKES: dict[str, tuple[Callable[[Path], object], str]] = {
    "unknown key": (
        append("notebookz: {}\n"),
        rf"{SITE}:\d+:1: error\[E101\] .*notebookz.*did you mean .*notebooks",
    ),
    "wrong type": (
        append("crds:\n  enabled: 3\n"),
        rf"{SITE}:\d+:12: error\[E103\] crds.enabled: ",
    ),
    "missing required key": (
        append("tenants: {desk: {plan: standard}}\n"),
        rf"{SITE}:\d+:11: error\[E102\] tenants.desk.owner: ",
    ),
    "duplicate key": (append("site:\n  name: lab\n"), rf"{SITE}:\d+:1: error\[E008\] "),
    "tab indentation": (append("crds:\n\tenabled: true\n"), rf"{SITE}:\d+:1: error\[E006\] "),
    "invalid UTF-8": (content(b"site:\n  name: l\xffb\n"), rf"{SITE}:2:10: error\[E004\] "),
    "empty file": (content(b""), rf"{SITE}:1:1: "),
    "a 50 MB file": (content(b"a: 1\n" * 10_000_000), rf"{SITE}:1:1: error\[E003\] "),
    "an alias bomb": (append(BOMB), rf"{SITE}:\d+:\d+: error\[E012\] "),
    "a list": (content(b"- a\n"), rf"{SITE}:1:1: error\[E010\] "),
    "unknown platform": (
        lambda root: edit(root / SITE, "platform: vanilla", "platform: vanila"),
        rf"{SITE}:\d+:\d+: error\[E291\] site.platform: .*did you mean 'vanilla'",
    ),
    "no platform": (
        lambda root: edit(root / SITE, "  platform: vanilla\n", ""),
        rf"{SITE}:\d+:3: error\[E292\] site.platform: ",
    ),
    "another site's name": (
        lambda root: edit(root / SITE, "name: lab", "name: lob"),
        rf"{SITE}:\d+:\d+: error\[E293\] site.name: ",
    ),
    "a site without its layer": (
        lambda root: (root / SITE).unlink(),
        rf"{SITE}:1:1: error\[E001\] ",
    ),
    "a platform that names another": (
        lambda root: edit(root / "values/platforms/vanilla.yaml", "name: vanilla", "name: eks"),
        r"values/platforms/vanilla.yaml:\d+:\d+: error\[E294\] platform.name: ",
    ),
    "a template error": (
        lambda root: (root / "chart/templates/broken.yaml").write_text(
            "a: b\nc: {{ .Values.site.name.missing }}\n"
        ),
        rf"{SITE}:\d+:\d+: error\[E301\] site.name.*chart/templates/broken.yaml:2:\d+",
    ),
    "a template that is none": (
        lambda root: (root / "chart/templates/broken.yaml").write_text("a: {{ if }}\n"),
        r"chart/templates/broken.yaml:1:\d+: error\[E301\] ",
    ),
    "a template that renders no object": (
        lambda root: (root / "chart/templates/broken.yaml").write_text("a: b\n"),
        r"chart/templates/broken.yaml:1:1: error\[E410\] .*has no apiVersion",
    ),
    "an object that its schema refuses": (
        append(
            "extraObjects:\n  mine:\n    apiVersion: v1\n    kind: ConfigMap\n"
            "    metadata: {name: mine, namespace: kubeflow}\n    dta: {a: b}\n"
        ),
        rf"{SITE}:\d+:10: error\[E401\] extraObjects.mine.*dta",
    ),
    "an object that is there already": (
        append(
            "extraObjects:\n  mine:\n    apiVersion: v1\n    kind: ServiceAccount\n"
            "    metadata: {name: dashboard, namespace: kubeflow}\n"
        ),
        rf"{SITE}:\d+:\d+: error\[E411\] extraObjects.mine: .*chart/templates/dashboard/",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_sentence_at_its_place(
    project: Path, carrel: Carrel, snapshot: Snapshot, name: str
) -> None:
    change, expected = MISTAKES[name]
    (project / "dist" / "lab").mkdir(parents=True)
    (project / "dist" / "lab" / "old.txt").write_text("of an earlier render")
    before = snapshot()
    change(project)

    done = carrel("render", "lab")

    assert done.returncode == 1, done.stderr
    assert re.search(expected, done.stderr), done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert snapshot() == before


@pytest.mark.parametrize("command", ["validate", "render", "images", "secrets"])
def test_an_unknown_site_gets_a_suggestion(carrel: Carrel, command: str) -> None:
    done = carrel(command, "vaul")

    said = done.stdout if command == "validate" else done.stderr
    assert done.returncode == 1
    assert "error[E290] there is no site 'vaul'" in said
    assert "did you mean 'vault'?" in said


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        ("notebooks.culing.enabled=true", r"--set:1:\d+: error\[E101\] .*did you mean .*culling"),
        ("crds.enabled=maybe", r"--set:1:\d+: error\[E103\] crds.enabled: "),
        ("crds", r"--set:1:\d+: error\[E015\] "),
    ],
)
def test_a_wrong_set_is_shown_in_the_assignment(
    rendered: Path, carrel: Carrel, snapshot: Snapshot, assignment: str, expected: str
) -> None:
    before = snapshot()

    done = carrel("render", "lab", "--set", assignment)

    assert done.returncode == 1
    assert re.search(expected, done.stderr), done.stderr
    assert snapshot() == before
    assert rendered.exists()


def test_all_mistakes_are_found_in_one_run(project: Path, carrel: Carrel) -> None:
    append("crds: {enabled: 3}\nshards: {count: 0}\nnotebookz: {}\n")(project)

    done = carrel("validate", "lab")

    assert {"E101", "E103", "E106"} <= set(re.findall(r"\[([EW]\d+)\]", done.stdout)), done.stdout


def test_an_output_that_is_a_file_is_kept(project: Path, carrel: Carrel) -> None:
    (project / "out").write_text("mine")

    done = carrel("render", "lab", "-o", "out")

    assert done.returncode == 3
    assert re.fullmatch(r"(.*\n)?carrel: .*out is a file, not a folder: .*\n", done.stderr, re.S)
    assert (project / "out").read_text() == "mine"


UNPRIVILEGED = """\
import ctypes, os, sys
CAPBSET_DROP, DAC_OVERRIDE = 24, 1
ctypes.CDLL(None).prctl(CAPBSET_DROP, DAC_OVERRIDE, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-m", "carrel", *sys.argv[1:]])
"""
"""Carrel without root's privilege to write anywhere, which others never have."""


def test_an_output_that_cannot_be_written_is_a_sentence(
    project: Path, environment: Mapping[str, str], tmp_path: Path
) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0o555)

    done = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED, "render", "lab", "-o", locked / "lab"],
        env=dict(environment),
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3, done.stderr
    assert re.search(r"carrel: .*locked/lab cannot be written \(permission denied\)", done.stderr)
    assert list(locked.iterdir()) == []


LIMITED = """\
import resource, sys
from carrel import output
from carrel.cli import main
real = output.write
def limit(*arguments):
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    real(*arguments)
match sys.argv[1]:
    case "output":
        output.write = limit
    case "temporary":
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    case "every":
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
sys.exit(main(sys.argv[2:]))
"""
"""Carrel on a disk without room for large files (the output's, or the temporary files'), or any."""


@pytest.mark.parametrize(
    ("disk", "place"),
    [("output", "dist/lab"), ("temporary", "/tmp"), ("every", "/tmp")],  # noqa: S108
)
def test_a_full_disk_leaves_the_earlier_output(
    rendered: Path,
    project: Path,
    environment: Mapping[str, str],
    snapshot: Snapshot,
    disk: str,
    place: str,
) -> None:
    before = snapshot()

    done = subprocess.run(
        [sys.executable, "-c", LIMITED, disk, "render", "lab"],
        env=dict(environment),
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3, done.stderr
    assert re.search(rf"^carrel: .*{place} cannot be written .*: make room", done.stderr, re.M)
    assert snapshot() == before
    assert rendered.exists()


def fake_helm(folder: Path, body: str) -> Path:
    """A program in the place of Helm."""
    path = folder / "bin" / "helm"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_a_missing_helm_is_a_sentence_with_the_command_that_gets_it(
    rendered: Path, project: Path, carrel: Carrel, snapshot: Snapshot
) -> None:
    (project / ".tools").unlink()
    before = snapshot()

    done = carrel("render", "lab")

    assert done.returncode == 3
    assert re.search(r"^carrel: helm is missing .*run `make tools`$", done.stderr, re.M)
    assert snapshot() == before
    assert rendered.exists()


def test_an_old_helm_is_named_with_its_version(
    project: Path, carrel: Carrel, tmp_path: Path
) -> None:
    old = fake_helm(tmp_path, "echo v3.10.1+g9f88ccb")
    (project / ".tools").unlink()

    on_path = carrel("render", "lab", extra={"PATH": f"{old.parent}:/usr/bin:/bin"})
    named = carrel("render", "lab", "--helm", old)

    assert (on_path.returncode, named.returncode) == (3, 3)
    assert "is version 3.10.1 and Helm 3.18.5 or a later" in on_path.stderr
    assert "--helm does not fit" in named.stderr


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGINT, 130, ["carrel: interrupted"]),
        (signal.SIGTERM, 143, []),
        (signal.SIGHUP, 129, []),
    ],
)
def test_an_interruption_leaves_nothing_behind(
    rendered: Path,
    project: Path,
    environment: Mapping[str, str],
    snapshot: Snapshot,
    tmp_path: Path,
    number: int,
    code: int,
    said: list[str],
) -> None:
    # It tells who it is, so that we can see it end, and then keeps us waiting.
    slow = fake_helm(
        tmp_path,
        'case "$1" in version) echo v4.2.4; exit;; esac\n'
        f"echo $$ > {tmp_path}/running.$$\nsleep 300 &\necho $! > {tmp_path}/running.$!\nwait",
    )
    before = snapshot()
    temporary = tmp_path / "tmp"
    temporary.mkdir()

    with subprocess.Popen(
        [sys.executable, "-m", "carrel", "render", "lab", "--helm", slow],
        env={**environment, "TMPDIR": str(temporary)},
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Who runs the tests may have had it ignored, as nohup does.
        preexec_fn=partial(signal.signal, number, signal.SIG_DFL),
    ) as process:
        started = wait_for(lambda: list(tmp_path.glob("running.*")), 4)
        os.killpg(process.pid, number)
        stdout, stderr = process.communicate(timeout=30)

    assert (process.returncode, stdout) == (code, "")
    assert stderr.splitlines() == said
    assert not [path for path in started if alive(int(path.suffix[1:]))]
    assert snapshot() == before
    assert list(temporary.iterdir()) == []
    assert rendered.exists()


def wait_for(look: Callable[[], list[Path]], number: int) -> list[Path]:
    """What `look` finds, once it finds that many."""
    deadline = time.monotonic() + 30
    while len(look()) < number:
        assert time.monotonic() < deadline, f"waited in vain for {number}, found {look()}"
        time.sleep(0.02)
    return look()


def alive(process: int) -> bool:
    """Whether a process still runs; one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_a_project_that_is_none_is_a_sentence(carrel: Carrel, tmp_path: Path) -> None:
    done = carrel("validate", folder=tmp_path)

    assert done.returncode == 2
    assert "is in no Carrel project" in done.stderr


def test_a_bug_is_a_sentence_and_with_debug_a_traceback(project: Path, carrel: Carrel) -> None:
    (project / "generator").unlink()

    short = carrel("validate", "lab")
    long = carrel("validate", "lab", "--debug")

    assert short.returncode == 4
    assert "this is a bug in Carrel" in short.stderr
    assert "Traceback" not in short.stderr
    assert "Traceback" in long.stderr


def test_a_reader_that_has_seen_enough_is_no_error(
    project: Path, environment: Mapping[str, str]
) -> None:
    shell = shutil.which("bash")
    assert shell is not None
    done = subprocess.run(
        [shell, "-c", f"{sys.executable} -m carrel images lab | true; echo ${{PIPESTATUS[0]}}"],
        env=dict(environment),
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "0\n"
    assert "Broken" not in done.stderr
