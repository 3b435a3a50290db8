"""Finding a Helm and a kubeconform that fit.

In this order: the one named on the command line, the one named in the environment, the one on
PATH if its version fits, the one in `.tools/bin`. A named one that does not fit is an error.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from carrel.errors import EnvironmentFault
from carrel.tools import process
from carrel.tools.helm import Helm
from carrel.tools.kubeconform import Kubeconform
from carrel.tools.record import binary_path, built_version, replace_text, trace
from carrel.tools.version import Version

REMEDY = "run `make tools`"


@dataclass(frozen=True, slots=True)
class Requirement:
    """What Carrel needs of a program.

    Attributes:
        program: its name.
        version_arguments: what makes it print its version.
        needed: the versions that fit, in words.
        fits: whether a version does.
    """

    program: str
    version_arguments: tuple[str, ...]
    needed: str
    fits: Callable[[Version], bool]

    @property
    def option(self) -> str:
        """The command-line option that names the program."""
        return f"--{self.program}"

    @property
    def variable(self) -> str:
        """The environment variable that names the program."""
        return f"CARREL_{self.program.upper()}"


def _helm_fits(version: Version) -> bool:
    # Helm 4.0 and 4.1 merge nested nulls in another way than every other one.
    return version.at_least(4, 2) or (version.at_least(3, 18, 5) and version.major == 3)


HELM = Requirement(
    program="helm",
    version_arguments=("version", "--short"),
    needed="Helm 3.18.5 or a later 3.x, or 4.2 or later",
    fits=_helm_fits,
)
KUBECONFORM = Requirement(
    program="kubeconform",
    version_arguments=("-v",),
    needed="kubeconform 0.7 or later",
    fits=lambda version: version.at_least(0, 7),
)


def find_helm(root: Path, option: str | None = None) -> Helm:
    """The Helm to use.

    Args:
        root: the project.
        option: what `--helm` says.

    Raises:
        EnvironmentFault: the named one does not fit, or none is found that does.
    """
    return Helm(*find(HELM, root, option))


def find_kubeconform(root: Path, option: str | None = None) -> Kubeconform:
    """The kubeconform to use; arguments and errors as for `find_helm`."""
    return Kubeconform(*find(KUBECONFORM, root, option))


def named(need: Requirement) -> str:
    """The program that the environment names, or nothing."""
    return os.environ.get(need.variable, "")


def find(need: Requirement, root: Path, option: str | None = None) -> tuple[Path, Version]:
    """Path and version of the program to use; arguments and errors as for `find_helm`."""
    if choice := option or named(need):
        return _check(need, root, choice, need.option if option else need.variable)
    on_path = shutil.which(need.program)
    version = None if on_path is None else _version(need, root, Path(on_path))
    if on_path is not None and version is not None and need.fits(version):
        return Path(on_path), version
    own = binary_path(root, need.program)
    own_version = built_version(root, need.program)
    if own_version is not None and need.fits(own_version):
        return own, own_version
    if on_path is None:
        raise EnvironmentFault(f"{need.program} is missing and {need.needed} is needed", REMEDY)
    raise EnvironmentFault(_unfit(need, Path(on_path), version), REMEDY)


def _check(need: Requirement, root: Path, choice: str, source: str) -> tuple[Path, Version]:
    remedy = f"name another one, or leave {source} out and {REMEDY}"
    found = shutil.which(choice)
    if found is None:
        raise EnvironmentFault(f"{source} names {choice}, which is not a program", remedy)
    path = Path(found)
    version = _version(need, root, path)
    if version is None or not need.fits(version):
        raise EnvironmentFault(f"{source} does not fit: {_unfit(need, path, version)}", remedy)
    return path, version


def _unfit(need: Requirement, path: Path, version: Version | None) -> str:
    found = f"version {version}" if version else "not telling its version"
    return f"{path} is {found} and {need.needed} is needed"


def _version(need: Requirement, root: Path, path: Path) -> Version | None:
    """What the program says, remembered for as long as its file does not change.

    A program that stands in for one of several versions (a script, a link to a version manager)
    is asked each time.
    """
    file = path.resolve()
    if file == binary_path(root.resolve(), file.name):
        return built_version(root, file.name)
    if need.program not in file.name or _is_script(file):
        return _ask(need, path)
    memory = root / ".tools" / "versions.json"
    known = _recall(memory)
    identity = [str(file), *(trace(file) or ())]
    for entry in known:
        if entry[:-1] == identity:
            return Version.find(str(entry[-1]))
    version = _ask(need, path)
    if version is not None:
        others = [entry for entry in known if entry[:1] != identity[:1]]
        _remember(memory, [*others, [*identity, str(version)]])
    return version


def _ask(need: Requirement, path: Path) -> Version | None:
    with tempfile.TemporaryDirectory(prefix="carrel-") as folder:
        answer = process.run(
            [path, *need.version_arguments],
            environment=process.sealed_environment(Path(folder)),
            timeout=60,
        )
    return Version.find(answer.stdout.decode(errors="replace")) if not answer.returncode else None


def _is_script(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(2) == b"#!"
    except OSError:
        return True


def _recall(memory: Path) -> list[list[object]]:
    """Entries of path, size, time and version; none when there is no memory."""
    try:
        content = json.loads(memory.read_text())
    except (OSError, ValueError):
        return []
    return [entry for entry in content if isinstance(entry, list)]


def _remember(memory: Path, entries: list[list[object]]) -> None:
    try:
        replace_text(memory, json.dumps(entries, indent=1))
    except OSError:
        # A project that cannot be written to: the next run asks again.
        return
