"""Putting new content into a user's files, all of them or none."""

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from carrel.errors import EnvironmentFault


def rewrite(contents: Mapping[Path, tuple[bytes, bytes]]) -> None:
    """Replace the content of files, each in one step, and keep their modes and links to them.

    No file is touched before the new content of each lies beside it.

    Args:
        contents: file → what was read from it, and its new content.

    Raises:
        EnvironmentFault: a file cannot be written, or something else is in it by now.
    """
    beside: dict[Path, Path] = {}
    try:
        for file, (before, after) in contents.items():
            with _sentences(file):
                target = Path(os.path.realpath(file))
                if not os.access(target, os.W_OK):
                    raise EnvironmentFault(f"{file} cannot be written (read-only)", "permit it")
                beside[target] = _beside(target)
                _fill(beside[target], after, target)
                if target.read_bytes() != before:
                    raise EnvironmentFault(f"{file} was changed meanwhile", "run the command again")
        for target, new in beside.items():
            with _sentences(target):
                new.replace(target)
    finally:
        for new in beside.values():
            with contextlib.suppress(OSError):
                new.unlink()


@contextlib.contextmanager
def _sentences(file: Path) -> Iterator[None]:
    """Say in a sentence why a file cannot be written."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise EnvironmentFault(
            f"{file} cannot be written ({reason})", "permit it, or make room"
        ) from error


def _beside(target: Path) -> Path:
    """A new file in the folder of another, which no one else uses."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    os.close(handle)
    return Path(name)


def _fill(file: Path, content: bytes, like: Path) -> None:
    """Write a file to the disk, with the mode of another."""
    with file.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    file.chmod(stat.S_IMODE(like.stat().st_mode))
