"""kubectl, which knows the way to a cluster and the caller's credentials."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from carrel.cluster.api import TIMEOUT, Api, NoAnswer
from carrel.errors import EnvironmentFault
from carrel.tools import process, server

_LONGEST_FOLDER = 70
"""Bytes; the path of a socket has a hundred at most."""

_DEFAULT_SERVER = ":8080"
"""Where kubectl asks on this machine when nothing says which cluster."""


@dataclass(frozen=True, slots=True)
class Kubectl:
    """A kubectl and the cluster that it is to reach.

    Attributes:
        program: its path.
        options: which cluster, as its arguments.
    """

    program: Path
    options: tuple[str, ...] = ()

    @contextmanager
    def api(self) -> Iterator[Api]:
        """The cluster's API, for as long as the body runs.

        `kubectl proxy` answers on a socket in a folder that nobody else may enter, so that one
        kubectl, and one login, is enough for all questions. It lets nothing through that changes
        an object that is there.

        Raises:
            EnvironmentFault: kubectl cannot run, or knows no cluster that answers.
        """
        place = None if len(os.fsencode(tempfile.gettempdir())) < _LONGEST_FOLDER else "/tmp"  # noqa: S108
        with tempfile.TemporaryDirectory(prefix="carrel-", dir=place) as folder:
            socket = Path(folder) / "api"
            # A server may have a path, as clusters behind Rancher do.
            proxy = ("proxy", f"--unix-socket={socket}", "--append-server-path")
            command = self._command(*proxy, "--reject-methods=PUT,PATCH,DELETE")
            try:
                with server.serving(command, environment=os.environ, timeout=TIMEOUT):
                    yield Api(socket)
            except server.Ended as end:
                raise _not_serving(str(end)) from None
            except NoAnswer as fault:
                if _DEFAULT_SERVER in fault.message and not self._names_a_server():
                    raise EnvironmentFault(
                        f"no kubeconfig says which cluster to ask: {self._kubeconfig()}",
                        "name a file with --kubeconfig",
                    ) from None
                raise

    def _command(self, *arguments: str) -> list[str]:
        return [str(self.program), *self.options, *arguments]

    def _names_a_server(self) -> bool:
        """Whether a kubeconfig says which server to ask, which may be the default one."""
        shown = ("config", "view", "--minify", "--output=jsonpath={.clusters[*].cluster.server}")
        done = process.run(self._command(*shown), environment=os.environ, timeout=TIMEOUT)
        return done.returncode == 0 and bool(done.stdout.strip())

    def _kubeconfig(self) -> str:
        """What was looked at in vain."""
        for option in self.options:
            if option.startswith("--kubeconfig="):
                return f"{option.partition('=')[2]} names none"
        if os.environ.get("KUBECONFIG"):
            return f"KUBECONFIG is {os.environ['KUBECONFIG']}, which names none"
        state = "names none" if (Path.home() / ".kube" / "config").exists() else "is not there"
        return f"KUBECONFIG is not set, and ~/.kube/config {state}"


def _not_serving(said: str) -> EnvironmentFault:
    """Why kubectl ended, in a sentence around its own."""
    if "listen unix" in said:
        return EnvironmentFault(
            f"kubectl cannot listen on a socket ({said.removeprefix('error: ')})",
            "set TMPDIR to a folder with a short path on a local disk",
        )
    return NoAnswer(said)


def find_kubectl(option: str | None, kubeconfig: str | None, context: str | None) -> Kubectl:
    """The kubectl to use.

    Args:
        option: what `--kubectl` says; by default the one that CARREL_KUBECTL names, or on PATH.
        kubeconfig: what `--kubeconfig` says; by default kubectl decides.
        context: what `--context` says; by default kubectl decides.

    Raises:
        EnvironmentFault: there is none.
    """
    choice = option or os.environ.get("CARREL_KUBECTL") or "kubectl"
    program = shutil.which(choice)
    if program is None:
        raise EnvironmentFault(
            f"{choice} is missing and doctor asks the cluster with it",
            "install kubectl, or name one with --kubectl",
        )
    options = [f"--kubeconfig={kubeconfig}"] if kubeconfig else []
    options += [f"--context={context}"] if context else []
    return Kubectl(Path(program), tuple(options))
