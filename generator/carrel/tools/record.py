"""What is remembered about binaries, so that nothing is built or asked twice."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from carrel.tools.version import Version

Trace = tuple[int, int]
"""Size in bytes and modification time in nanoseconds: another file has another trace."""


def trace(file: Path) -> Trace | None:
    """The trace of `file`, or None if there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


@dataclass(frozen=True, slots=True)
class BuildRecord:
    """One finished build.

    Attributes:
        digest: of the recipe that was built.
        version: of the module that was built.
        binaries: what it left in `.tools/bin`.
    """

    digest: str
    version: str
    binaries: Mapping[str, Trace | None]

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """The record in `file`, or None if none can be read there."""
        try:
            content = json.loads(file.read_text())
            binaries = {name: tuple(found) for name, found in content["binaries"].items()}
            return cls(content["digest"], content["version"], binaries)
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return None

    def write(self, file: Path) -> None:
        """Replace `file` by this record in one step."""
        replace_text(file, json.dumps(asdict(self), indent=1))


def binary_path(root: Path, name: str) -> Path:
    """Where the binary `name` of the project `root` is, once it is built."""
    return root / ".tools" / "bin" / name


def record_path(root: Path, recipe: str) -> Path:
    """Where the record of the recipe's last build is."""
    return root / ".tools" / "built" / f"{recipe}.json"


def built_version(root: Path, name: str) -> Version | None:
    """The version of a binary in `.tools/bin`, or None if no build of ours left it there.

    Reads the record of the build instead of running the binary, which would take 50 ms.
    """
    current = trace(binary_path(root, name))
    if current is None:
        return None
    for file in record_path(root, name).parent.glob("*.json"):
        record = BuildRecord.read(file)
        if record is not None and record.binaries.get(name) == current:
            return Version.find(record.version)
    return None


def replace_text(file: Path, text: str) -> None:
    """Write `text` to `file` so that a reader sees the old text or the new, nothing between."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, scratch = tempfile.mkstemp(prefix=".", dir=file.parent)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    Path(scratch).replace(file)
