"""A folder of generated files is written whole or not at all, and takes nothing else with it."""

import errno
import hashlib
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from carrel import output
from carrel.errors import EnvironmentFault

FILES = {"values.yaml": b"a: 1\n", "manifests/00/x.yaml": b"b: 2\n", "objects.txt": b""}


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def umask() -> Iterator[None]:
    """A umask that takes every permission from group and others, and writing from the owner."""
    before = os.umask(0o277)
    yield
    os.umask(before)


def test_the_files_and_their_sums_are_written(tmp_path: Path) -> None:
    output.write(FILES, tmp_path / "dist" / "lab")

    assert tree(tmp_path / "dist" / "lab").keys() == {*FILES, "SHA256SUMS"}
    done = subprocess.run(
        ["/usr/bin/env", "sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=tmp_path / "dist" / "lab",
        capture_output=True,
        check=True,
    )
    assert len(done.stdout.splitlines()) == len(FILES)


def test_the_sums_are_sorted_and_leave_themselves_out(tmp_path: Path) -> None:
    output.write(FILES, tmp_path / "lab")

    lines = (tmp_path / "lab" / "SHA256SUMS").read_text().splitlines()

    assert [line.split("  ")[1] for line in lines] == sorted(FILES)
    assert lines[-1].startswith(hashlib.sha256(b"a: 1\n").hexdigest())


def test_what_was_written_before_is_replaced(tmp_path: Path) -> None:
    output.write(FILES, tmp_path / "lab")
    output.write({"other.txt": b""}, tmp_path / "lab")

    assert tree(tmp_path / "lab").keys() == {"other.txt", "SHA256SUMS"}
    assert [path.name for path in tmp_path.iterdir()] == ["lab"]


@pytest.mark.usefixtures("umask")
def test_modes_do_not_depend_on_the_umask(tmp_path: Path) -> None:
    os.umask(0o022)
    parent = tmp_path / "writable"
    parent.mkdir()
    os.umask(0o277)

    output.write(FILES, parent / "dist" / "lab")

    for path in (parent / "dist", *(parent / "dist").rglob("*")):
        expected = 0o755 if path.is_dir() else 0o644
        assert stat.S_IMODE(path.stat().st_mode) == expected, path


def test_a_foreign_file_is_not_deleted(tmp_path: Path) -> None:
    output.write(FILES, tmp_path / "lab")
    (tmp_path / "lab" / "notes.txt").write_text("mine")
    before = tree(tmp_path)

    with pytest.raises(EnvironmentFault, match=r"holds notes\.txt, which Carrel did not write"):
        output.write({"other.txt": b""}, tmp_path / "lab")

    assert tree(tmp_path) == before


def test_a_changed_file_is_not_lost(tmp_path: Path) -> None:
    output.write(FILES, tmp_path / "lab")
    (tmp_path / "lab" / "values.yaml").write_text("a: 2\n")
    before = tree(tmp_path)

    with pytest.raises(EnvironmentFault, match=r"values\.yaml was changed after Carrel wrote it"):
        output.write(FILES, tmp_path / "lab")

    assert tree(tmp_path) == before


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.tex").write_text("ten years of work")

    with pytest.raises(EnvironmentFault, match=r"thesis\.tex"):
        output.write(FILES, tmp_path / "home")

    assert tree(tmp_path / "home") == {"thesis.tex": b"ten years of work"}


def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    output.write(FILES, tmp_path / "lab")
    (tmp_path / "outside").write_bytes(FILES["values.yaml"])
    (tmp_path / "lab" / "values.yaml").unlink()
    (tmp_path / "lab" / "values.yaml").symlink_to(tmp_path / "outside")

    with pytest.raises(EnvironmentFault, match="was changed"):
        output.write({}, tmp_path / "lab")

    assert (tmp_path / "outside").exists()


def test_a_link_to_the_folder_stays_a_link(tmp_path: Path) -> None:
    output.write(FILES, tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")

    output.write({"other.txt": b""}, tmp_path / "link")

    assert (tmp_path / "link").is_symlink()
    assert tree(tmp_path / "real").keys() == {"other.txt", "SHA256SUMS"}


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()

    output.write(FILES, tmp_path / "lab")

    assert (tmp_path / "lab" / "values.yaml").exists()


def test_a_file_in_the_place_of_the_folder_is_kept(tmp_path: Path) -> None:
    (tmp_path / "lab").write_text("x")

    with pytest.raises(EnvironmentFault, match="is a file, not a folder"):
        output.write(FILES, tmp_path / "lab")

    assert (tmp_path / "lab").read_text() == "x"


def test_a_file_in_the_place_of_the_parent_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "dist").write_text("x")

    with pytest.raises(EnvironmentFault, match="cannot be written"):
        output.write(FILES, tmp_path / "dist" / "lab")


def test_without_an_atomic_exchange_the_folder_is_still_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "_exchange", lambda *_: False)
    output.write(FILES, tmp_path / "lab")

    output.write({"other.txt": b""}, tmp_path / "lab")

    assert tree(tmp_path / "lab").keys() == {"other.txt", "SHA256SUMS"}
    assert [path.name for path in tmp_path.iterdir()] == ["lab"]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_folder_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    output.write(FILES, tmp_path / "lab")
    before = tree(tmp_path)
    real = Path.write_bytes

    def fail_at_last(path: Path, content: bytes) -> int:
        if path.name == "SHA256SUMS":
            raise error
        return real(path, content)

    monkeypatch.setattr(Path, "write_bytes", fail_at_last)
    with pytest.raises((EnvironmentFault, KeyboardInterrupt)):
        output.write({"other.txt": b""}, tmp_path / "lab")

    assert tree(tmp_path) == before


def test_a_failure_removes_the_folders_that_were_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(EnvironmentFault, match="make room"):
        output.write(FILES, tmp_path / "a" / "b" / "lab")

    assert list(tmp_path.iterdir()) == []


WRITE = """\
import resource, sys
from pathlib import Path
from carrel import output
from carrel.errors import EnvironmentFault
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    output.write({"big.bin": bytes(100_000)}, Path(sys.argv[1]))
except EnvironmentFault as fault:
    print(fault)
"""


def test_a_disk_that_takes_no_more_is_a_sentence(tmp_path: Path) -> None:
    output.write(FILES, tmp_path / "lab")
    before = tree(tmp_path)

    done = subprocess.run(
        [sys.executable, "-c", WRITE, tmp_path / "lab"],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "file too large" in done.stdout
    assert done.stdout.count("\n") == 1
    assert tree(tmp_path) == before
