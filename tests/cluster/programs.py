"""The programs of a control plane, built when they are not yet."""

import sys
from pathlib import Path

from tests.cluster.servers import PROGRAMS

from carrel.tools import build
from carrel.tools.record import binary_path

MINORS = ("1.36", "1.33", "1.37")
"""The versions of Kubernetes that can be run, the usual one first."""


def programs(root: Path, minor: str) -> dict[str, Path]:
    """Name → path of each program of the control plane, and of `kubectl`."""
    suffix = "" if minor == MINORS[0] else f"-{minor}"
    names = {
        name: f"{name}{suffix}" if name.startswith("kube") else name
        for name in (*PROGRAMS, "kubectl")
    }
    build.build(root, [*names.values()], report=lambda said: print(said, file=sys.stderr))
    return {name: binary_path(root, file) for name, file in names.items()}
