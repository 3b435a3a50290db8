"""`carrel explain` says where a site's values come from, for people and for programs."""

import json
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Carrel = Callable[..., subprocess.CompletedProcess[str]]
Explained = Callable[..., Any]

CPU_SECONDS = 5
"""Ten times what one explanation takes of an idle processor, start-up included: it must not render
or follow every template once for every value."""


@pytest.fixture
def explained(carrel: Carrel) -> Explained:
    """What `carrel explain` says to programs."""

    def explained(*arguments: str) -> Any:
        done = carrel("explain", *arguments, "--format", "json")
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    return explained


def _text_at(project: Path, said: dict[str, Any]) -> str:
    lines = (project / said["file"]).read_text("utf-8").splitlines()
    text: str = lines[said["line"] - 1][said["column"] - 1 :]
    return text


def _place(said: dict[str, Any]) -> str:
    return f"{said['file']}:{said['line']}:{said['column']}"


def test_a_value_is_explained_to_people(carrel: Carrel) -> None:
    done = carrel("explain", "lab", "gateway.tls.mode")

    assert (done.returncode, done.stderr) == (0, "")
    first, winner, default, *_ = done.stdout.splitlines()
    assert first == "gateway.tls.mode: none"
    assert winner.split()[0] == "site"
    assert winner.split()[1].startswith("values/sites/lab/site.yaml:")
    assert winner.endswith("none  <- counts")
    assert default.split()[0] == "default"
    assert default.endswith("  secret")
    assert "  choices  secret, terminated or none\n" in done.stdout
    assert "carrel.secureCookies" in done.stdout


def test_every_layer_s_word_is_where_it_says(project: Path, explained: Explained) -> None:
    chain = explained(
        "campus", "notebooks.home.storageClass", "--set", "notebooks.home.storageClass=x"
    )["chain"]

    assert [(said["layer"], said["value"], said["counts"]) for said in chain] == [
        ("--set", "x", True),
        ("platform", "gp3", False),
        ("default", "", False),
    ]
    assert _place(chain[0]) == "--set:1:29"
    assert _text_at(project, chain[1]) == "gp3"
    assert _text_at(project, chain[2]) == '""'
    assert chain[2]["file"] == "generator/schema/60-notebooks.yaml"


@pytest.mark.parametrize("site", ["lab", "vault"])
def test_every_value_of_a_site_is_where_it_says(
    project: Path, explained: Explained, site: str
) -> None:
    values = explained(site, "--all")["values"]

    assert len(values) > 150
    for value in values:
        assert value["state"] in ("set", "default")
        if isinstance(value["value"], bool | int | float):
            assert _text_at(project, value).startswith(json.dumps(value["value"])), value
        elif isinstance(value["value"], str):
            text = _text_at(project, value)
            assert text.startswith((value["value"], f'"{value["value"]}"')) or text[:2] == ">-"


def test_without_a_path_the_site_s_own_values_are_listed(carrel: Carrel) -> None:
    done = carrel("explain", "lab")

    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert lines[0].split()[0::2] == ["site", "site.name:"]
    assert {line.split()[0] for line in lines} == {"platform", "site", "tenants"}
    # The site repeats this default.
    assert "kubernetes.version" not in done.stdout
    assert 'kubernetes.version: "1.36"' in carrel("explain", "lab", "--all").stdout


def test_what_the_site_set_stands_among_all_values(explained: Explained) -> None:
    every = explained("vault", "--all")["values"]
    own = explained("vault")["values"]

    assert [value for value in every if value in own] == own
    assert {value["layer"] for value in every} - {value["layer"] for value in own} == {"default"}


def test_a_person_s_role_and_the_release_that_grants_it(explained: Explained) -> None:
    member = explained("vault", 'tenants.fx.members["john@vault.example.com"]')

    assert (member["value"], member["layer"]) == ("edit", "tenants")
    assert member["release"] == {
        "name": "carrel-tenants-01",
        "shard": 1,
        "file": "tenants-01.yaml",
    }
    assert "carrel.tenant.members" in {each["madeIn"] for each in member["decides"]}


def test_who_uses_a_value_is_named(explained: Explained) -> None:
    domain = explained("lab", "mesh.trustDomain")

    (helper,) = domain["usedIn"]
    assert helper["file"] == "chart/templates/_lib/identity.tpl"
    assert "chart/templates/dashboard/authorizationpolicy.yaml" in helper["renders"]
    (principal, *_) = domain["decides"]
    assert "mesh.gateway.serviceAccount" in principal["from"]


def test_a_value_for_the_generator_is_named_in_the_generator(explained: Explained) -> None:
    version = explained("lab", "kubernetes.version")

    assert version["usedIn"] == []
    assert "generator/carrel/site.py" in [each["file"] for each in version["namedIn"]]


def test_a_default_that_null_deletes_is_said_to_be_deleted(project: Path, carrel: Carrel) -> None:
    site = project / "values/sites/lab/site.yaml"
    site.write_text(site.read_text() + "mesh:\n  revision: null\n")

    shown = carrel("explain", "lab", "mesh.revision").stdout

    line = len(site.read_text().splitlines())
    assert shown.startswith("mesh.revision: deleted by null\n")
    assert f"values/sites/lab/site.yaml:{line}:13" in shown.splitlines()[1]
    assert "mesh.revision: deleted by null" in carrel("explain", "lab").stdout


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("gateway.tls.mod", "error[E101] gateway.tls.mod: unknown key (did you mean mode?)\n"),
        ("tenants.usr", 'error[E101] tenants.usr: there is no tenant "usr" (did you mean user?)\n'),
    ],
)
def test_a_path_that_leads_nowhere_is_one_sentence(
    carrel: Carrel, path: str, sentence: str
) -> None:
    done = carrel("explain", "lab", path)

    assert (done.returncode, done.stdout, done.stderr) == (1, "", sentence)


@pytest.mark.parametrize("arguments", [["a..b"], [""], ["gateway", "--all"]])
def test_what_cannot_be_meant_is_wrong_usage(carrel: Carrel, arguments: list[str]) -> None:
    done = carrel("explain", "lab", *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("carrel: ")
    assert done.stderr.count("\n") == 1


def test_a_site_that_does_not_exist_is_a_finding(carrel: Carrel) -> None:
    done = carrel("explain", "lba", "gateway")

    assert (done.returncode, done.stdout) == (1, "")
    assert "did you mean 'lab'?" in done.stderr


def test_values_of_the_wrong_shape_are_explained(project: Path, explained: Explained) -> None:
    site = project / "values/sites/lab/site.yaml"
    site.write_text(site.read_text() + "shards: 3\nimages: {registry: [1]}\ngateways: {}\n")

    assert explained("lab", "shards")["value"] == 3
    assert explained("lab", "images.registry")["value"] == [1]
    assert explained("lab", "gateways")["schema"] is None
    assert explained("lab", "tenants.user")["release"]["name"] == "carrel-tenants-00"


@pytest.mark.parametrize("arguments", [["gateway.tls.mode"], []])
def test_what_can_be_read_of_a_broken_site_is_explained(
    project: Path, carrel: Carrel, arguments: list[str]
) -> None:
    (project / "values/sites/lab/tenants.yaml").write_text("tenants: {user: [\n")

    done = carrel("explain", "lab", *arguments)

    assert done.returncode == 1
    assert "gateway.tls.mode: none\n" in done.stdout
    assert "values/sites/lab/tenants.yaml:" in done.stderr


def test_a_template_that_cannot_be_followed_hides_only_who_uses_a_value(
    project: Path, carrel: Carrel
) -> None:
    (project / "chart/templates/broken.yaml").write_text("{{ if }\n")

    done = carrel("explain", "lab", "gateway.host")

    assert done.returncode == 0
    assert "templates that cannot be followed" in done.stdout
    assert done.stderr.startswith("carrel: chart/templates/broken.yaml:1: ")


def test_the_readme_shows_what_is_printed(project_root: Path, carrel: Carrel) -> None:
    readme = (project_root / "README.md").read_text("utf-8")
    section = readme.partition("## Where does a value come from?\n")[2]
    shown = [line[4:] for line in section.partition("\n## ")[0].splitlines() if line[:4] == "    "]
    command, *output = shown

    assert command.split()[:3] == ["$", ".venv/bin/carrel", "explain"]
    assert carrel(*command.split()[2:]).stdout.splitlines()[: len(output)] == output


def test_nothing_is_coloured_and_nothing_changes_between_runs(carrel: Carrel) -> None:
    outputs = {
        carrel("explain", "vault", "tenants", extra=extra).stdout
        for extra in ({"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}, {"PYTHONHASHSEED": "7"})
    }

    (output,) = outputs
    assert "\x1b" not in output


def test_an_explanation_is_quick(carrel: Carrel) -> None:
    carrel("explain", "vault", "gateway.tls.mode")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    carrel("explain", "campus", "gateway.tls.mode")

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    assert spent <= CPU_SECONDS
