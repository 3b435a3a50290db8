"""Helm, as a program that renders and lints."""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from carrel.errors import CarrelError, EnvironmentFault
from carrel.tools import process
from carrel.tools.version import Version

TIMEOUT = 300.0
"""Seconds. A thousand tenants render in ten."""

_LINT_MESSAGE = re.compile(
    r"^\[(INFO|WARNING|ERROR)\] ([^\n]*?): (.*?)(?=\n\[|\n\n|\Z)", re.M | re.S
)


class TemplateFailure(CarrelError):
    """`helm template` refused the chart or the values.

    Attributes:
        stderr: all that Helm said; `carrel.tools.helm_failure.parse_failure` reads it.
    """

    exit_code = 1

    def __init__(self, stderr: str) -> None:
        super().__init__(stderr)
        self.stderr = stderr


@dataclass(frozen=True, slots=True)
class LintMessage:
    """One line of `helm lint`.

    Attributes:
        severity: INFO, WARNING or ERROR.
        path: the file in the chart, or the chart.
        message: what Helm says of it.
    """

    severity: str
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Helm:
    """A Helm that fits.

    Attributes:
        path: the program.
        version: its version.
    """

    path: Path
    version: Version

    def template(
        self,
        chart: Path,
        *,
        release: str,
        namespace: str,
        values: Sequence[Path],
        sets: Sequence[str] = (),
        kube_version: str,
    ) -> str:
        """What `helm template` prints: a stream of YAML documents, each with its `# Source:`.

        Args:
            chart: the folder of the chart.
            release: the name of the release.
            namespace: the namespace of the release record.
            values: values files, a later one over an earlier one.
            sets: `key=value` as on Helm's command line, over the files.
            kube_version: the Kubernetes version to render for, such as `1.33.0`.

        Raises:
            TemplateFailure: Helm refused the chart or the values.
            EnvironmentFault: Helm could not run to its end.
        """
        done = self._run(
            ["template", release, chart, "--namespace", namespace, "--kube-version", kube_version],
            values,
            sets,
        )
        if done.returncode != 0:
            raise TemplateFailure(done.stderr.decode(errors="replace"))
        return done.stdout.decode(errors="replace")

    def lint(
        self,
        chart: Path,
        *,
        namespace: str,
        values: Sequence[Path],
        sets: Sequence[str] = (),
        kube_version: str,
    ) -> tuple[LintMessage, ...]:
        """What `helm lint --strict` says, in its order; no WARNING and no ERROR means clean.

        Raises:
            EnvironmentFault: Helm could not run to its end, or said nothing that can be read.
        """
        done = self._run(
            ["lint", chart, "--strict", "--namespace", namespace, "--kube-version", kube_version],
            values,
            sets,
        )
        messages = tuple(
            LintMessage(severity, path, message.strip())
            for severity, path, message in _LINT_MESSAGE.findall(
                done.stdout.decode(errors="replace")
            )
        )
        if done.returncode != 0 and all(message.severity == "INFO" for message in messages):
            said = done.stderr.decode(errors="replace").strip()
            raise EnvironmentFault(f"{self.path} lint failed ({said})", "run it by hand to see why")
        return messages

    def _run(
        self, command: Sequence[str | Path], values: Sequence[Path], sets: Sequence[str]
    ) -> process.Completed:
        options: list[str | Path] = []
        for file in values:
            options += ["--values", file]
        for assignment in sets:
            options += ["--set", assignment]
        with tempfile.TemporaryDirectory(prefix="carrel-helm-") as folder:
            done = process.run(
                [self.path, *command, *options],
                environment=process.sealed_environment(Path(folder)),
                timeout=TIMEOUT,
            )
        if done.returncode < 0:
            raise EnvironmentFault(
                f"{self.path} was ended by signal {-done.returncode}",
                "check that the machine has memory to spare",
            )
        return done
