"""Finding the project: the folder that holds the values, and what they are checked with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from carrel.errors import UsageError

_PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with sites, and the Carrel that they are for.

    Attributes:
        root: the folder that holds values/sites/.
        carrel: the folder that holds chart/, generator/ and values/platforms/. The same as `root`
            but for a repository that has nothing but values: for that, what was installed.
    """

    root: Path
    carrel: Path

    @classmethod
    def whole(cls, root: Path) -> Self:
        """A project with everything below one folder."""
        return cls(root, root)


def find(start: Path) -> Project:
    """The project or the repository of values that `start` lies in.

    Args:
        start: a folder, such as the one that a command runs in.

    Raises:
        UsageError: there is no such folder, or nothing of either kind around it.
    """
    folder = _existing(start)
    for candidate in (folder, *folder.parents):
        if _is_whole(candidate):
            return Project.whole(candidate)
        if (candidate / "values" / "sites").is_dir():
            return Project(candidate, _installed())
    raise UsageError(
        f"{start} is in no Carrel project (a folder with values/sites/): name one with -C DIR"
    )


def find_root(start: Path) -> Path:
    """The project that `start` lies in, chart and all.

    Args:
        start: a folder, such as the one that a command runs in.

    Raises:
        UsageError: there is no such folder, or no project around it.
    """
    folder = _existing(start)
    for candidate in (folder, *folder.parents):
        if _is_whole(candidate):
            return candidate
    raise UsageError(
        f"{start} is in no Carrel project (a folder with chart/ and values/): name one with -C DIR"
    )


def _existing(start: Path) -> Path:
    try:
        return start.resolve(strict=True)
    except OSError as error:
        raise UsageError(f"-C {start}: {error.strerror}") from error


def _is_whole(folder: Path) -> bool:
    return (folder / "chart" / "Chart.yaml").is_file() and (folder / "values").is_dir()


def _installed() -> Path:
    """What the package carries, or the project that it is the generator of."""
    carried = _PACKAGE / "carried"
    return carried if carried.is_dir() else _PACKAGE.parents[1]


def shown(path: Path, root: Path) -> str:
    """How people know a path: from the root of the project, or whole when it lies outside."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()
