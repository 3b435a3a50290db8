"""Putting new content into a user's file, whole or not at all."""

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from carrel.errors import EnvironmentFault


def rewrite(file: Path, before: bytes, after: bytes) -> None:
    """Replace the content of a file in one step, and keep its mode and the links that lead to it.

    Args:
        file: the file.
        before: what was read from it; it is left alone when something else is there by now.
        after: its new content.

    Raises:
        EnvironmentFault: it cannot be written, or somebody else has changed it.
    """
    target = Path(os.path.realpath(file))
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
        if not os.access(target, os.W_OK):
            raise EnvironmentFault(f"{file} cannot be written (read-only)", "permit it")
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(after)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(mode)
            if target.read_bytes() != before:
                raise EnvironmentFault(f"{file} was changed meanwhile", "run the command again")
            Path(name).replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise EnvironmentFault(
            f"{file} cannot be written ({reason})", "permit it, or make room"
        ) from error
