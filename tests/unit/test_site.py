"""A site is found by its name, and its files become layers in their order."""

from collections.abc import Callable
from pathlib import Path

import pytest

from carrel import project
from carrel.errors import UsageError
from carrel.layers import Values
from carrel.project import Project
from carrel.site import load, platform_names, site_names

Write = Callable[[str, str], None]

DEFAULTS: Values = {
    "site": {"name": "", "platform": ""},
    "platform": {"name": "", "kind": "default"},
    "kubernetes": {"version": "1.36"},
    "a": 0,
    "tenants": {},
}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files of a project that has two platforms and the sites `lab` and `vault`."""

    def write(path: str, text: str) -> None:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    write("chart/Chart.yaml", "name: carrel\n")
    write("values/platforms/vanilla.yaml", "platform: {name: vanilla, kind: k}\na: 1\n")
    write("values/platforms/eks.yaml", "platform: {name: eks}\n")
    write("values/sites/lab/site.yaml", "site:\n  name: lab\n  platform: vanilla\n")
    write("values/sites/vault/site.yaml", "site: {name: vault, platform: eks}\n")
    return write


def codes(root: Path, name: str, *sets: str) -> list[str]:
    return [found.code for found in load(Project.whole(root), name, sets, DEFAULTS)[1]]


@pytest.mark.usefixtures("write")
def test_sites_and_platforms_are_listed_by_name(tmp_path: Path) -> None:
    (tmp_path / "values/sites/README.md").write_text("not a site")

    assert site_names(tmp_path) == ("lab", "vault")
    assert platform_names(tmp_path) == ("eks", "vanilla")


def test_layers_are_read_in_their_order(tmp_path: Path, write: Write) -> None:
    write("values/sites/lab/tenants.yaml", "tenants: {one: {}}\n")
    write("values/sites/lab/tenants/b.yaml", "tenants: {three: {}}\na: 4\n")
    write("values/sites/lab/tenants/a.yaml", "tenants: {two: {}}\na: 3\n")

    site, found = load(Project.whole(tmp_path), "lab", ["a=5"], DEFAULTS)

    assert not found
    assert site is not None
    assert [(layer.name, layer.file) for layer in site.layers] == [
        ("platform", "values/platforms/vanilla.yaml"),
        ("site", "values/sites/lab/site.yaml"),
        ("tenants", "values/sites/lab/tenants.yaml"),
        ("tenants", "values/sites/lab/tenants/a.yaml"),
        ("tenants", "values/sites/lab/tenants/b.yaml"),
        ("--set", "--set"),
    ]
    assert site.resolved.values["a"] == 5
    assert list(site.resolved.values["tenants"]) == ["one", "two", "three"]  # type: ignore[call-overload]
    assert (site.platform, site.kubernetes) == ("vanilla", "1.36")


def test_the_platform_may_come_from_the_command_line(tmp_path: Path, write: Write) -> None:
    write("values/sites/lab/site.yaml", "site: {name: lab}\n")

    site, found = load(Project.whole(tmp_path), "lab", ["site.platform=eks"], DEFAULTS)

    assert not found
    assert site is not None
    assert site.platform == "eks"


@pytest.mark.usefixtures("write")
@pytest.mark.parametrize(("name", "hint"), [("valt", "did you mean 'vault'?"), ("zzz", "")])
def test_an_unknown_site_gets_a_suggestion_where_one_is_near(
    tmp_path: Path, name: str, hint: str
) -> None:
    site, (found,) = load(Project.whole(tmp_path), name, [], DEFAULTS)

    assert site is None
    assert (found.code, found.hint) == ("E290", hint)
    assert "lab and vault" in found.message


@pytest.mark.parametrize("name", ["../sites/lab", "", ".", "lab/"])
@pytest.mark.usefixtures("write")
def test_a_path_is_not_the_name_of_a_site(tmp_path: Path, name: str) -> None:
    assert codes(tmp_path, name) == ["E290"]


def test_a_platform_that_is_no_name_is_refused(tmp_path: Path, write: Write) -> None:
    write("values/sites/lab/site.yaml", "site: {name: lab, platform: [vanilla]}\n")

    assert codes(tmp_path, "lab") == ["E291"]


def test_everything_wrong_with_the_files_is_found_at_once(tmp_path: Path, write: Write) -> None:
    write("values/sites/lab/site.yaml", "site:\n\tname: lab\n")
    write("values/sites/lab/tenants.yaml", "- a\n")

    assert sorted([*codes(tmp_path, "lab", "a")]) == ["E006", "E010", "E015"]


@pytest.mark.parametrize("file", ["values/sites/lab/site.yaml", "values/platforms/vanilla.yaml"])
def test_a_file_with_an_error_makes_no_site(tmp_path: Path, write: Write, file: str) -> None:
    write(file, (tmp_path / file).read_text() + "a: 1\nb: 1\nb: 2\n")

    site, found = load(Project.whole(tmp_path), "lab", [], DEFAULTS)

    assert site is None
    assert {each.code for each in found} == {"E008"}


def test_a_site_that_says_nothing_of_itself_is_shown_at_its_start(
    tmp_path: Path, write: Write
) -> None:
    write("values/sites/lab/site.yaml", "a: 1\n")

    _, (found,) = load(Project.whole(tmp_path), "lab", [], DEFAULTS)

    assert (found.code, str(found.span)) == ("E292", "values/sites/lab/site.yaml:1:1")
    assert "write one of eks or vanilla" in found.message


def test_names_that_differ_from_the_files_are_found(tmp_path: Path, write: Write) -> None:
    write("values/platforms/vanilla.yaml", "platform:\n  name: eks\n")
    write("values/sites/lab/site.yaml", "site:\n  name: lob\n  platform: vanilla\n")

    _, found = load(Project.whole(tmp_path), "lab", [], DEFAULTS)

    assert [(each.code, str(each.span)) for each in found] == [
        ("E293", "values/sites/lab/site.yaml:2:9"),
        ("E294", "values/platforms/vanilla.yaml:2:9"),
    ]


@pytest.mark.usefixtures("write")
def test_the_project_is_found_from_below(tmp_path: Path) -> None:
    assert project.find_root(tmp_path / "values" / "sites" / "lab") == tmp_path


@pytest.mark.usefixtures("write")
def test_a_project_is_its_own_carrel(tmp_path: Path) -> None:
    assert project.find(tmp_path / "values" / "sites" / "lab") == Project.whole(tmp_path)


def test_a_repository_of_values_is_checked_with_what_is_installed(
    tmp_path: Path, project_root: Path
) -> None:
    folder = tmp_path / "values" / "sites" / "mine"
    folder.mkdir(parents=True)

    assert project.find(folder) == Project(tmp_path, project_root)


def test_a_platform_of_ones_own_wins(tmp_path: Path, write: Write) -> None:
    site = "site: {name: mine, platform: eks}\n"
    write("carrel/values/platforms/eks.yaml", "platform: {name: eks}\na: 1\n")
    write("carrel/values/platforms/gke.yaml", "platform: {name: gke}\n")
    write("own/values/sites/mine/site.yaml", site)
    here = Project(tmp_path / "own", tmp_path / "carrel")

    theirs, found = load(here, "mine", [], DEFAULTS)
    write("own/values/platforms/eks.yaml", "platform: {name: eks}\na: 2\n")
    own, more = load(here, "mine", [], DEFAULTS)

    assert (found, more) == ((), ())
    assert theirs is not None
    assert own is not None
    assert theirs.resolved.values["a"] == 1
    assert own.resolved.values["a"] == 2


def test_no_project_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="in no Carrel project"):
        project.find_root(tmp_path)
    (tmp_path / "chart").mkdir()
    (tmp_path / "chart" / "Chart.yaml").write_text("name: somebody-elses")
    with pytest.raises(UsageError, match="in no Carrel project"):
        project.find_root(tmp_path)
    with pytest.raises(UsageError, match="No such file"):
        project.find_root(tmp_path / "absent")


@pytest.mark.parametrize("path", ["tenants.yml", "site.yml", "tenants/a.yml", "members.yaml"])
def test_a_file_that_would_count_for_nothing_is_refused(
    tmp_path: Path, write: Write, path: str
) -> None:
    write(f"values/sites/lab/{path}", "tenants: {one: {}}\n")

    site, found = load(Project.whole(tmp_path), "lab", [], DEFAULTS)

    assert site is None
    assert [(each.code, str(each.span)) for each in found] == [
        ("E295", f"values/sites/lab/{path}:1:1")
    ]


def test_a_site_file_with_the_wrong_ending_is_named(tmp_path: Path, write: Write) -> None:
    write("values/sites/mine/site.yml", "site: {name: mine}\n")

    assert codes(tmp_path, "mine") == ["E001", "E295"]
