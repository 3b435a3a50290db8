"""Versions of programs."""

import re
from dataclasses import dataclass
from typing import Self

_VERSION = re.compile(r"(?<![\d.])v?(\d+)\.(\d+)(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?")


@dataclass(frozen=True, slots=True)
class Version:
    """A program's version, as semver.org orders them, without build metadata."""

    major: int
    minor: int
    patch: int = 0
    prerelease: str = ""

    @classmethod
    def find(cls, text: str) -> Self | None:
        """The first version in `text`, or None."""
        found = _VERSION.search(text)
        if found is None:
            return None
        major, minor, patch, prerelease = found.groups()
        return cls(int(major), int(minor), int(patch or 0), prerelease or "")

    def at_least(self, major: int, minor: int, patch: int = 0) -> bool:
        """Whether this is that release or a later one; its release candidates are earlier."""
        mine, floor = (self.major, self.minor, self.patch), (major, minor, patch)
        return mine > floor or (mine == floor and not self.prerelease)

    def __str__(self) -> str:
        release = f"{self.major}.{self.minor}.{self.patch}"
        return f"{release}-{self.prerelease}" if self.prerelease else release
