"""kubeconform, as a judge of rendered objects."""

import json
import re
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from carrel.errors import EnvironmentFault
from carrel.tools import process
from carrel.tools.version import Version
from carrel.tools.violation import Violation, innermost

TIMEOUT = 300.0
"""Seconds. Two hundred objects take a tenth of one."""


_LINE_BREAK = re.compile(r"(?<! ) (?= *- at ')")
"""Where kubeconform writes a blank for a line break."""


class Status(Enum):
    """What kubeconform says of one object."""

    VALID = "statusValid"
    INVALID = "statusInvalid"
    ERROR = "statusError"
    SKIPPED = "statusSkipped"


@dataclass(frozen=True, slots=True)
class Verdict:
    """kubeconform's answer on one document.

    Attributes:
        kind: its kind.
        name: its name.
        api_version: its `apiVersion`.
        status: only VALID is good: ERROR means that it could not be read or that there is no
            schema for it.
        message: what kubeconform says, empty when valid.
        violations: the single reasons of INVALID.
    """

    kind: str
    name: str
    api_version: str
    status: Status
    message: str
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Kubeconform:
    """A kubeconform that fits.

    Attributes:
        path: the program.
        version: its version.
    """

    path: Path
    version: Version

    def validate(
        self, documents: bytes, *, kubernetes_version: str, schema_location: str
    ) -> tuple[Verdict, ...]:
        """One verdict per document that is not empty, in the order of the documents.

        Never uses the network. Unknown fields and duplicate keys are violations.

        Args:
            documents: a stream of YAML documents.
            kubernetes_version: such as `1.33.0`.
            schema_location: kubeconform's template for the path of a schema file, ending in
                `.json`.

        Raises:
            EnvironmentFault: kubeconform could not run to its end.
            ValueError: `schema_location` is not a template of local files.
        """
        if "://" in schema_location or not schema_location.endswith("json"):
            raise ValueError(f"not a template of local schema files: {schema_location}")
        with tempfile.TemporaryDirectory(prefix="carrel-kubeconform-") as folder:
            # From its standard input kubeconform 0.7 corrupts documents beyond the first 2 MiB:
            # it keeps slices of a read buffer that moves. From a file it copies them.
            file = Path(folder, "documents.yaml")
            file.write_bytes(documents)
            done = process.run(
                [
                    self.path, "-strict", "-verbose", "-output", "json",
                    # More than one worker would answer in any order.
                    "-n", "1",
                    "-kubernetes-version", kubernetes_version,
                    "-schema-location", schema_location, file,
                ],
                environment=process.sealed_environment(Path(folder)),
                timeout=TIMEOUT,
            )  # fmt: skip
        return _verdicts(self.path, done)


def _verdicts(program: Path, done: process.Completed) -> tuple[Verdict, ...]:
    try:
        resources = json.loads(done.stdout)["resources"]
    except (ValueError, KeyError, TypeError) as error:
        said = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
        raise EnvironmentFault(
            f"{program} gave no verdict ({said})", "check that it is kubeconform 0.7 or later"
        ) from error
    # An empty document has no status.
    return tuple(_verdict(resource) for resource in resources if resource["status"])


def _verdict(resource: dict[str, Any]) -> Verdict:
    # "validationErrors" lacks the deeper entries; the message has all, on one line.
    violations = innermost(_LINE_BREAK.sub("\n", resource["msg"]).splitlines())
    reasons = "; ".join(f"{found.path or '/'}: {found.message}" for found in violations)
    return Verdict(
        kind=resource["kind"],
        name=resource["name"],
        api_version=resource["version"],
        status=Status(resource["status"]),
        message=reasons or resource["msg"],
        violations=violations,
    )
