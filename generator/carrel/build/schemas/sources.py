"""Where the schemas of others lie on this machine."""

import importlib.util
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from carrel.errors import EnvironmentFault
from carrel.tools import go, process

PACKAGE = "kubernetes_validate"
MODULES = {
    "cert-manager": ("github.com/cert-manager/cert-manager", "deploy/crds/*.yaml"),
    "istio": ("istio.io/api", "kubernetes/customresourcedefinitions.gen.yaml"),
}
"""Folder of the catalogue → Go module, and the files in it that hold the definitions."""

_GO = re.compile(r"^go (\S+)$", re.MULTILINE)
_DOWNLOAD_SECONDS = 300


def kubernetes(minor: str) -> dict[str, Any]:
    """The API of one version of Kubernetes: full name of a type → schema without unknown fields.

    Raises:
        EnvironmentFault: kubernetes-validate is not installed, or lacks that version.
    """
    package = importlib.util.find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise EnvironmentFault("kubernetes-validate is not installed", "run `make setup`")
    folder = Path(package.origin).parent / "kubernetes-json-schema" / f"v{minor}.0-local-strict"
    try:
        text = (folder / "_definitions.json").read_text("utf-8")
    except FileNotFoundError as error:
        raise EnvironmentFault(
            f"the installed kubernetes-validate knows no Kubernetes {minor}", "install a newer one"
        ) from error
    types: dict[str, Any] = json.loads(text)["$defs"]
    return types


def custom(root: Path, report: Callable[[str], None]) -> dict[str, list[dict[str, Any]]]:
    """The custom resource definitions of others: folder of the catalogue → definitions.

    Args:
        root: the project.
        report: told before Go is downloaded.

    Raises:
        EnvironmentFault: there is no Go, or the modules cannot be downloaded.
    """
    names = [module for module, _ in MODULES.values()]
    folders = modules(root, "schemas", names, report)
    return {
        name: [
            definition
            for file in sorted(folders[module].glob(pattern))
            for definition in _documents(file)
        ]
        for name, (module, pattern) in MODULES.items()
    }


def modules(
    root: Path, pins: str, names: Iterable[str], report: Callable[[str], None]
) -> dict[str, Path]:
    """Path of a Go module → its folder in the module cache, in the version that we pin.

    Args:
        root: the project.
        pins: the folder below `tools/` whose go.mod pins them.
        names: the modules.
        report: told before Go is downloaded.

    Raises:
        EnvironmentFault: there is no Go, or the modules cannot be downloaded.
    """
    folder = root / "tools" / pins
    oldest = _GO.findall((folder / "go.mod").read_text("utf-8"))[0]
    toolchain = go.find_or_install(root, oldest, report)
    environment = os.environ | {
        "GOFLAGS": "-mod=readonly",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "PWD": "",
    }
    environment.pop("GOROOT", None)
    completed = process.run(
        [toolchain.program, "mod", "download", "-json", *names],
        environment=environment,
        timeout=_DOWNLOAD_SECONDS,
        folder=folder,
    )
    if completed.returncode != 0:
        raise EnvironmentFault(
            f"the Go modules that tools/{pins} pins could not be downloaded "
            f"({completed.stderr.decode(errors='replace').strip()})",
            "check that the Go module proxy can be reached (`go env GOPROXY`)",
        )
    return {found["Path"]: Path(found["Dir"]) for found in _objects(completed.stdout.decode())}


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects that follow each other in `text`."""
    decoder = json.JSONDecoder()
    text = text.strip()
    while text:
        found, end = decoder.raw_decode(text)
        yield found
        text = text[end:].lstrip()


def _documents(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as stream:
        yield from filter(None, YAML(typ="safe").load_all(stream))
