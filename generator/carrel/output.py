"""Writing a folder of generated files, whole or not at all."""

import contextlib
import ctypes
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from carrel.build import checksums
from carrel.errors import EnvironmentFault

_REMEDIES = {
    errno.EACCES: "choose a folder inside one that you may write to with -o",
    errno.EBUSY: "choose a folder that is not a mount point with -o",
    errno.EDQUOT: "make room, or choose another disk with -o",
    errno.EFBIG: "make room (or raise ulimit -f), or choose another disk with -o",
    errno.ENOSPC: "make room, or choose another disk with -o",
    errno.EPERM: "choose a folder inside one that you may write to with -o",
    errno.EROFS: "choose a folder on another disk with -o",
}
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def write(files: Mapping[str, bytes], destination: Path) -> None:
    """Make `destination` hold these files and their SHA256SUMS, and nothing else.

    The files are written beside `destination` first and take its place in one step. Whatever goes
    wrong before that step, Ctrl-C included, leaves `destination` as it was and nothing beside it.
    Modes are 0644 and 0755 whatever the umask.

    Args:
        files: path below `destination` → content.
        destination: a folder that is absent, or empty, or was written by this function and not
            changed since.

    Raises:
        EnvironmentFault: it holds anything else, or it cannot be written.
    """
    destination = Path(os.path.realpath(destination))
    complete = {**files, checksums.NAME: checksums.checksums(files)}
    try:
        _refuse_to_lose(destination)
        with _folder_for(destination.parent), _beside(destination) as scratch:
            fresh = scratch / "new"
            _fill(fresh, complete)
            _swap(fresh, destination, scratch / "old")
    except OSError as error:
        raise _fault(destination, error) from error


def _refuse_to_lose(destination: Path) -> None:
    """Stop before files are replaced that Carrel did not write, or that were changed since."""
    if not os.path.lexists(destination):
        return
    if not destination.is_dir():
        raise EnvironmentFault(
            f"{destination} is a file, not a folder", "move it away, or choose a folder with -o"
        )
    try:
        listed = checksums.parse((destination / checksums.NAME).read_text("utf-8", "replace"))
    except FileNotFoundError:
        listed = {}
    for path in _files_in(destination):
        name = path.relative_to(destination).as_posix()
        if name == checksums.NAME and listed:
            continue
        if name not in listed:
            fault = f"{destination} holds {name}, which Carrel did not write"
            raise EnvironmentFault(fault, "move it away, or choose another folder with -o")
        if path.is_symlink() or hashlib.sha256(path.read_bytes()).hexdigest() != listed[name]:
            fault = f"{path} was changed after Carrel wrote it"
            raise EnvironmentFault(fault, "move your change into values/ and delete the file")


def _files_in(folder: Path) -> Iterator[Path]:
    """Everything below a folder that is not a folder, sorted."""
    for parent, folders, names in os.walk(folder, onerror=_raise):
        folders.sort()
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in sorted([*names, *links]):
            yield Path(parent, name)


def _raise(error: OSError) -> None:
    raise error


@contextlib.contextmanager
def _folder_for(parent: Path) -> Iterator[None]:
    """Make the folders down to `parent`, and remove those made when the body fails."""
    missing = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    made: list[Path] = []
    try:
        for folder in reversed(missing):
            folder.mkdir()
            made.append(folder)
            folder.chmod(0o755)
        yield
    except BaseException:
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


@contextlib.contextmanager
def _beside(destination: Path) -> Iterator[Path]:
    """A folder on the same disk as `destination`, gone afterwards with all that is in it."""
    scratch = Path(tempfile.mkdtemp(prefix=f".{destination.name}-", dir=destination.parent))
    try:
        scratch.chmod(0o700)
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    folder.chmod(0o755)
    made = {folder}
    for name, content in files.items():
        path = folder / name
        for parent in reversed(path.relative_to(folder).parents):
            below = folder / parent
            if below not in made:
                below.mkdir()
                below.chmod(0o755)
                made.add(below)
        path.write_bytes(content)
        path.chmod(0o644)


def _swap(fresh: Path, destination: Path, old: Path) -> None:
    """Put `fresh` in the place of `destination`; what was there ends up beside it."""
    if not destination.exists():
        fresh.rename(destination)
    elif not _exchange(fresh, destination):
        destination.rename(old)
        try:
            fresh.rename(destination)
        except BaseException:
            old.rename(destination)
            raise


def _exchange(first: Path, second: Path) -> bool:
    """Swap two folders in one step, where the system can (Linux); False where it cannot."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    paths = os.fsencode(first), os.fsencode(second)
    return bool(rename(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0)


def _fault(destination: Path, error: OSError) -> EnvironmentFault:
    reason = (error.strerror or str(error)).lower()
    remedy = _REMEDIES.get(error.errno or 0, "choose another folder with -o")
    return EnvironmentFault(f"{destination} cannot be written ({reason})", remedy)
