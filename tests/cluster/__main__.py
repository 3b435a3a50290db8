"""A cluster for people, on loopback and without containers.

    python -m tests.cluster up|down [--kubernetes MINOR] [--folder DIR]

`up` leaves it running in the background and prints the path of its kubeconfig; `down` ends it.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.cluster import prerequisites
from tests.cluster.control_plane import ControlPlane, NotReady
from tests.cluster.programs import MINORS, programs

from carrel.errors import CarrelError

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".tools" / "cluster"
RECORD = "running.json"
"""Name → process ID of each program, as long as the cluster runs."""


def up(folder: Path, minor: str) -> int:
    """Start the cluster; the one that runs is left as it is."""
    record_file = folder / RECORD
    if record_file.exists():
        record = json.loads(record_file.read_text())
        if all(_is_ours(pid, name, folder) for name, pid in record["processes"].items()):
            if record["kubernetes"] != minor:
                said = (
                    f"a cluster of Kubernetes {record['kubernetes']} runs: make cluster-down first"
                )
                print(f"error: {said}", file=sys.stderr)
                return 3
            print(record["kubeconfig"])
            return 0
        # The machine was started again, or a program has ended.
        down(folder)
    shutil.rmtree(folder, ignore_errors=True)
    plane = ControlPlane.start(folder, programs(ROOT, minor), outlive=True)
    record = {
        "kubeconfig": str(plane.kubeconfig),
        "kubernetes": minor,
        "processes": {server.name: server.process.pid for server in plane.servers},
    }
    record_file.write_text(json.dumps(record, indent=1))
    prerequisites.install(plane, prerequisites.definitions(ROOT))
    print(plane.kubeconfig)
    return 0


def down(folder: Path) -> int:
    """End the programs that `up` started, and remove their data."""
    record_file = folder / RECORD
    if not record_file.exists():
        print("no cluster runs", file=sys.stderr)
        return 0
    for name, pid in reversed(json.loads(record_file.read_text())["processes"].items()):
        if _is_ours(pid, name, folder):
            _end(pid)
    shutil.rmtree(folder)
    return 0


def _is_ours(pid: int, name: str, folder: Path) -> bool:
    """Whether the program runs; after a restart of the machine the number may be another's."""
    command = _command(pid)
    return str(folder) in command and name in command


def _command(pid: int) -> str:
    asked = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout


def _end(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        while _command(pid).strip() and "<defunct>" not in _command(pid):
            time.sleep(0.05)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.cluster")
    parser.add_argument("action", choices=["up", "down"])
    parser.add_argument("--kubernetes", choices=MINORS, default=MINORS[0], metavar="MINOR")
    parser.add_argument("--folder", type=Path, default=FOLDER, metavar="DIR", help="its data")
    options = parser.parse_args(arguments)
    folder = options.folder.resolve()
    try:
        return up(folder, options.kubernetes) if options.action == "up" else down(folder)
    except (CarrelError, NotReady) as error:
        print(f"error: {error}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
