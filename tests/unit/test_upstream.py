"""What is taken from others is written in one file, and a new release changes that file alone."""

import re
import shutil
from pathlib import Path

import pytest

from carrel import upstream
from carrel.build.outputs import generated_files
from carrel.cluster.versions import PROVED
from carrel.schema.bundle import load
from carrel.schema.source import MalformedSchema
from carrel.tools.version import Version


@pytest.fixture
def changed(project_root: Path, tmp_path: Path) -> Path:
    """A project whose schema and catalogue a test may change."""
    for folder in ("schema", "catalogue", "templates"):
        shutil.copytree(project_root / "generator" / folder, tmp_path / "generator" / folder)
    shutil.copytree(project_root / "docs", tmp_path / "docs")
    shutil.copytree(project_root / "tests/fixtures/findings", tmp_path / "tests/fixtures/findings")
    return tmp_path


def write(project: Path, old: str, new: str) -> None:
    """Change what upstream.yaml says."""
    file = project / upstream.FILE
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def faults(project: Path) -> str:
    with pytest.raises(MalformedSchema) as caught:
        load(project / "generator" / "schema")
    return str(caught.value)


def test_a_new_release_is_a_change_of_data(changed: Path) -> None:
    before = generated_files(changed, load(changed / "generator" / "schema"))
    write(changed, "tag: v1.11.0", "tag: v1.12.0")

    after = generated_files(changed, load(changed / "generator" / "schema"))

    values = after["chart/values.yaml"]
    assert values == before["chart/values.yaml"].replace("v1.11.0", "v1.12.0")
    assert values.count("v1.12.0") == 13


def test_no_other_place_names_a_version_of_upstream(project_root: Path) -> None:
    found = upstream.load(project_root / "generator" / "catalogue")
    tags = {image.tag for image in found.images.values()}

    for file in (project_root / "generator" / "schema").glob("*.yaml"):
        lines = [each for each in file.read_text().splitlines() if "examples:" not in each]
        assert not [line for line in lines if any(tag in line for tag in tags)], file


def test_every_image_of_the_file_is_a_default(project_root: Path) -> None:
    generator = project_root / "generator"
    schema = "".join(file.read_text() for file in sorted((generator / "schema").glob("*.yaml")))

    named = re.findall(r"x-upstream: ([a-z0-9-]+)", schema)

    assert sorted(named) == sorted(upstream.load(generator / "catalogue").images)


def test_an_image_that_upstream_lacks_is_named_where_it_is_asked_for(changed: Path) -> None:
    write(changed, "  dex: {", "  dexter: {")

    assert re.search(
        r"generator/schema/50-components.yaml:\d+:\d+: error\[E151\] "
        r"generator/catalogue/upstream.yaml has no image dex$",
        faults(changed),
        re.MULTILINE,
    )


def test_a_part_that_is_missing_is_named_where_it_should_be(changed: Path) -> None:
    write(changed, ", tag: v2.45.1}", "}")

    assert re.search(
        r"upstream.yaml:\d+:3: error\[E151\] images.dex.tag, a text, is missing$",
        faults(changed),
        re.MULTILINE,
    )


def test_the_doctor_expects_the_versions_that_are_installed(project_root: Path) -> None:
    charts = upstream.load(project_root / "generator" / "catalogue").charts

    for program, name in (("Istio", "istio"), ("cert-manager", "certManager")):
        version = Version.find(charts[name].version)
        assert version is not None
        assert PROVED[program] == (version.major, version.minor)
