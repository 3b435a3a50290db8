"""SHA256SUMS, the list of all files of an output with their hashes."""

import hashlib
import re
from collections.abc import Mapping

NAME = "SHA256SUMS"
"""The list's own name, which it does not list."""

_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def checksums(files: Mapping[str, bytes]) -> bytes:
    """The list as `sha256sum --check` reads it, sorted by path."""
    lines = (f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files))
    return "".join(lines).encode()


def parse(text: str) -> dict[str, str]:
    """Path → hash in a list; lines that are none are left out."""
    found = (_LINE.fullmatch(line) for line in text.splitlines())
    return {line[2]: line[1] for line in found if line}
