"""What the pages say of the project is true of the project."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from carrel import upstream
from carrel.tools.locate import HELM
from carrel.tools.version import Version
from carrel.yamlio.reader import read_objects

OWN_FOLDERS = ("chart", "docs", "generator", "tests", "tools", "values")


@pytest.fixture
def readme(pages: dict[str, str]) -> str:
    """The text of README.md, each paragraph on one line."""
    return re.sub(r"(?<!\n)\n(?=[a-z(])", " ", pages["README.md"])


def slugs(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def versions(text: str, pattern: str) -> set[Version]:
    """Every version that a pattern finds; there is at least one."""
    found = {Version.find(each) for each in re.findall(pattern, text)}
    assert found
    return {each for each in found if each is not None}


def test_every_relative_link_leads_somewhere(project_root: Path, pages: dict[str, str]) -> None:
    links = [
        (page, target)
        for page, text in pages.items()
        for target in re.findall(r"\]\(([^)\s]+)\)", text)
        if "://" not in target
    ]

    assert len(links) > 5
    for page, target in links:
        path, _, anchor = target.partition("#")
        file = (project_root / page).parent / path if path else project_root / page
        assert file.exists(), f"{page}: {target}"
        assert not anchor or anchor in slugs(file.read_text()), f"{page}: {target}"


def test_every_path_that_the_readme_names_exists(project_root: Path, readme: str) -> None:
    named = [each for each in re.findall(r"`([^`\s]+)`", readme) if "/" in each]
    ours = [each for each in named if each.split("/")[0] in OWN_FOLDERS]

    assert len(ours) > 5
    for path in ours:
        assert list(project_root.glob(re.sub(r"<\w+>", "*", path))), path
    for folder in re.findall(r"`(\w+/)`", readme.split("`generator/carrel/` |")[1].split("\n")[0]):
        assert (project_root / "generator" / "carrel" / folder).is_dir(), folder


def test_one_istio_of_the_minor_version_whose_api_is_checked(
    project_root: Path, readme: str
) -> None:
    pinned = versions((project_root / "tools/schemas/go.mod").read_text(), r"istio\.io/api (v\S+)")

    listed = upstream.load(project_root / "generator" / "catalogue").charts["istio"].version

    named = versions(readme, r"Istio (\d+\.\d+\.\d+)")
    installed = versions(readme, r" istio/\w+ --version (\S+)")

    assert named == installed == {Version.find(listed)}
    assert {(each.major, each.minor) for each in named | pinned} == {
        (each.major, each.minor) for each in named
    }
    assert len(named) == 1


def test_one_cert_manager_whose_api_is_checked(project_root: Path, readme: str) -> None:
    files = (project_root / "tools" / name / "go.mod" for name in ("schemas", "charts"))
    go = "".join(file.read_text() for file in files)
    pinned = versions(go, r"cert-manager/cert-manager (v\S+)")

    listed = upstream.load(project_root / "generator" / "catalogue").charts["certManager"].version

    assert pinned == {Version.find(listed)}
    assert versions(readme, r"cert-manager (\d+\.\d+\.\d+)") == pinned
    assert versions(readme, r" jetstack/cert-manager --version (\S+)") == pinned


def test_the_gateway_is_the_one_that_the_chart_expects(project_root: Path, readme: str) -> None:
    (values,) = read_objects((project_root / "chart/values.yaml").read_text())
    assert isinstance(values, dict)
    mesh = values["mesh"]

    assert f"--set serviceAccount.name={mesh['gateway']['serviceAccount']} " in readme
    # Istio's chart makes this label of the release's name.
    assert mesh["gateway"]["selector"] == {"istio": "ingressgateway"}
    assert re.search(rf"helm install istio-ingressgateway .* -n {mesh['namespace']} ", readme)


def test_the_kubernetes_versions_are_those_of_the_schema(project_root: Path, readme: str) -> None:
    schema = json.loads((project_root / "chart/values.schema.json").read_text())
    supported = schema["properties"]["kubernetes"]["properties"]["version"]["enum"]

    assert re.findall(r"Kubernetes (1\.\d+) to (1\.\d+)", readme) == [(supported[0], supported[-1])]


def test_the_oldest_helms_are_those_that_carrel_accepts(readme: str) -> None:
    (floors,) = re.findall(r"Helm (3\.\d+\.\d+) or later \(or (4\.\d+) or later\)", readme)

    for text in floors:
        floor = Version.find(text)
        assert floor is not None
        assert HELM.fits(floor)
    three, four = (Version.find(text) for text in floors)
    assert three is not None
    assert four is not None
    assert not HELM.fits(Version(3, three.minor, three.patch - 1))
    assert not HELM.fits(Version(4, four.minor - 1, 99))


def test_the_python_version_is_that_of_the_package(project_root: Path, readme: str) -> None:
    project = tomllib.loads((project_root / "pyproject.toml").read_text())["project"]

    assert {f">={each}" for each in re.findall(r"Python (3\.\d+)", readme)} == {
        project["requires-python"]
    }
