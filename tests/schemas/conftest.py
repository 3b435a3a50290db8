"""The catalogue, kubeconform with its schemas, and a good document of each kind."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from carrel.k8s import schema_library
from carrel.tools.kubeconform import Kubeconform, Verdict

Document = dict[str, Any]
Judge = Callable[[str, Sequence[Document]], tuple[Verdict, ...]]


@pytest.fixture(scope="session")
def catalogue(project_root: Path) -> Path:
    return project_root / "generator" / "catalogue"


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for prepared schemas."""
    return tmp_path_factory.mktemp("libraries")


@pytest.fixture(scope="session")
def judge(kubeconform: Kubeconform, catalogue: Path, libraries: Path) -> Judge:
    """kubeconform's verdicts on documents under a version of Kubernetes."""

    def validate(minor: str, documents: Sequence[Document]) -> tuple[Verdict, ...]:
        return kubeconform.validate(
            "\n---\n".join(map(json.dumps, documents)).encode(),
            kubernetes_version=f"{minor}.0",
            schema_location=schema_library.prepare(catalogue, minor, libraries),
        )

    return validate


@pytest.fixture(scope="session")
def accepted() -> list[Document]:
    """A good document of each kind, with many of its fields."""
    return [
        document
        for file in sorted((Path(__file__).parent / "accepted").glob("*.yaml"))
        for document in yaml.safe_load_all(file.read_text("utf-8"))
    ]
