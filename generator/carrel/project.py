"""Finding the project: the folder that holds the chart and the values."""

from pathlib import Path

from carrel.errors import UsageError


def find_root(start: Path) -> Path:
    """The project that `start` lies in.

    Args:
        start: a folder, such as the one that a command runs in.

    Raises:
        UsageError: there is no such folder, or no project around it.
    """
    try:
        folder = start.resolve(strict=True)
    except OSError as error:
        raise UsageError(f"-C {start}: {error.strerror}") from error
    for candidate in (folder, *folder.parents):
        if (candidate / "chart" / "Chart.yaml").is_file() and (candidate / "values").is_dir():
            return candidate
    raise UsageError(
        f"{start} is in no Carrel project (a folder with chart/ and values/): name one with -C DIR"
    )


def shown(path: Path, root: Path) -> str:
    """How people know a path: from the root of the project, or whole when it lies outside."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()
