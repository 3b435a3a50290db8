"""`carrel new` makes a site that is valid at once, and never touches what is there."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.diagnostics import has_errors
from carrel.errors import EnvironmentFault, UsageError
from carrel.new_site import WORKFLOWS, NewSite, check, files, write
from carrel.project import Project
from carrel.schema.bundle import Schema, load
from carrel.site import platform_names
from carrel.validation import validate
from carrel.yamlio.reader import read_objects

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "generator" / "templates"
PLATFORMS = platform_names(ROOT)

Carrel = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def schema() -> Schema:
    """generator/schema."""
    return load(ROOT / "generator" / "schema")


def site_of(project: Path, name: str) -> dict[str, Any]:
    """The values in a site's site.yaml."""
    (values,) = read_objects((project / "values/sites" / name / "site.yaml").read_text())
    assert isinstance(values, dict)
    return values


def everything(folder: Path) -> dict[str, bytes | None]:
    """Path → content of all that is in a folder, None for a folder in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def test_a_site_on_every_platform_is_valid_at_once(project: Path, carrel: Carrel) -> None:
    for platform in PLATFORMS:
        made = carrel("new", f"on-{platform}", "--platform", platform)
        assert (made.returncode, made.stdout) == (0, ""), made.stderr

    done = carrel("validate", *(f"on-{platform}" for platform in PLATFORMS))

    assert done.returncode == 0, done.stdout
    # Warnings on platforms that no test runs on are all there is to say.
    assert set(re.findall(r"\[(\w+)\]", done.stdout)) == {"W204"}
    assert sorted(path.name for path in (project / "values/sites/on-eks").iterdir()) == [
        "site.yaml",
        "tenants.yaml",
    ]


def test_helm_takes_a_new_site(carrel: Carrel) -> None:
    carrel("new", "mine", "--platform", "vanilla", "--owner", "ada@example.com")

    done = carrel("render", "mine")

    assert done.returncode == 0, done.stderr


def test_what_is_said_is_in_the_files(project: Path, carrel: Carrel) -> None:
    carrel(
        "new", "mine", "--platform", "eks", "--host", "desks.example.com",
        "--issuer", "https://login.example.com/realms/mine", "--owner", "ada@example.com",
    )  # fmt: skip

    site = site_of(project, "mine")
    (tenants,) = read_objects((project / "values/sites/mine/tenants.yaml").read_text())
    assert site["site"] == {"name": "mine", "platform": "eks"}
    assert site["gateway"]["host"] == "desks.example.com"
    assert site["gateway"]["tls"]["mode"] == "secret"
    assert site["identity"] == {
        "mode": "external",
        "oidc": {"issuer": "https://login.example.com/realms/mine"},
    }
    assert tenants == {"tenants": {"first-team": {"owner": "ada@example.com", "plan": "standard"}}}


def test_without_a_provider_nobody_gets_in_and_this_is_said(project: Path, carrel: Carrel) -> None:
    made = carrel("new", "mine", "--platform", "eks")

    identity = site_of(project, "mine")["identity"]
    assert identity == {"mode": "external", "oidc": {"issuer": "https://login.mine.invalid"}}
    assert (
        "to do: write identity.oidc.issuer in site.yaml; until then nobody gets in" in made.stderr
    )


def test_a_demo_is_asked_for_and_named_in_its_warnings(project: Path, carrel: Carrel) -> None:
    made = carrel("new", "mine", "--platform", "vanilla", "--demo", "ada@example.com")
    done = carrel("validate", "mine")

    assert site_of(project, "mine")["identity"]["demo"] == {"user": "ada@example.com"}
    assert "everyone who reaches the gateway is ada@example.com" in made.stderr
    assert done.returncode == 0
    assert set(re.findall(r"\[(\w+)\]", done.stdout)) == {"W202", "W203"}
    assert carrel("new", "b", "--demo", "a@b.c", "--issuer", "https://a.b").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["lab", "--platform", "eks"], "values/sites/lab is there already; choose another name"),
        (
            ["mine", "--platform", "ek"],
            "there is no platform 'ek', only aks, eks, gke, openshift and vanilla "
            "(did you mean 'eks'?)",
        ),
        (
            ["mine"],
            "say which kind of cluster it is: --platform aks, eks, gke, openshift or vanilla",
        ),
        (
            ["My_Lab", "--platform", "eks"],
            "SITE must be made of lower-case letters, digits and inner '-', not 'My_Lab' "
            "(did you mean 'my-lab'?)",
        ),
        (
            ["../mine", "--platform", "eks"],
            "SITE must be made of lower-case letters, digits and inner '-', not '../mine'",
        ),
        (["", "--platform", "eks"], "SITE must be made of lower-case letters, digits and inner"),
        (["a" * 41, "--platform", "eks"], "SITE has 41 characters and may have 40"),
        (
            ["mine", "--platform", "eks", "--owner", "Ada@example.com"],
            "--owner must be an e-mail address in lower case, not 'Ada@example.com' "
            "(did you mean 'ada@example.com'?)",
        ),
        (
            ["mine", "--platform", "eks", "--host", "https://desks.example.com/"],
            "--host must be made of lower-case letters, digits, inner '-' and single inner '.', "
            "not 'https://desks.example.com/' (did you mean 'desks.example.com'?)",
        ),
        (
            ["mine", "--platform", "eks", "--issuer", "login.example.com"],
            "--issuer must be such as https://login.example.com/realms/campus, "
            "not 'login.example.com'",
        ),
        (
            ["mine", "--platform", "eks", "--issuer", "https://a\x1b"],
            "--issuer must be such as https://login.example.com/realms/campus, not 'https://a\\x1b'",
        ),
    ],
)
def test_what_cannot_be_is_one_sentence_and_nothing_is_written(
    project: Path, carrel: Carrel, arguments: list[str], sentence: str
) -> None:
    before = everything(project / "values")

    done = carrel("new", *arguments, "--ci", "github")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"carrel: {sentence}")
    assert done.stderr.count("\n") == 1
    assert everything(project / "values") == before
    assert not (project / ".github").exists()


def test_a_link_to_nowhere_is_not_replaced(project: Path, carrel: Carrel) -> None:
    place = project / "values/sites/mine"
    place.symlink_to("nowhere")

    done = carrel("new", "mine", "--platform", "eks")

    assert done.returncode == 2
    assert place.is_symlink()


def test_the_first_site_of_a_project_is_made(project: Path, carrel: Carrel) -> None:
    (project / "values/sites").rename(project / "elsewhere")

    assert carrel("new", "mine", "--platform", "eks").returncode == 0
    assert carrel("validate").returncode == 0


def test_a_place_that_is_taken_is_an_environment_s_fault(project: Path, carrel: Carrel) -> None:
    (project / "values/sites").rename(project / "elsewhere")
    (project / "values/sites").write_text("I am no folder.\n")
    before = everything(project / "values")

    done = carrel("new", "mine", "--platform", "eks")

    assert done.returncode == 3
    assert done.stderr.startswith("carrel: values/sites/mine cannot be written (")
    assert everything(project / "values") == before


class Interrupted(dict[str, str]):
    """Files of which the second is never reached."""

    def items(self) -> Any:
        """The first file, then Ctrl-C."""

        def until_stopped() -> Iterator[tuple[str, str]]:
            yield "site.yaml", "site: {}\n"
            raise KeyboardInterrupt

        return until_stopped()


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "values").mkdir()

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, "mine", Interrupted())

    assert everything(tmp_path / "values") == {}


def test_a_site_that_somebody_makes_meanwhile_stays(tmp_path: Path) -> None:
    other = tmp_path / "values/sites/mine/site.yaml"
    other.parent.mkdir(parents=True)
    other.write_text("site: {}\n")
    before = everything(tmp_path)

    with pytest.raises(EnvironmentFault, match=r"^values/sites/mine cannot be written"):
        write(tmp_path, "mine", {"site.yaml": "mine: {}\n"})

    assert everything(tmp_path) == before


SUGGESTION = re.compile(r"^( *)# ((?: *)[a-zA-Z-]+:(?: .*)?)$", re.MULTILINE)
PROSE = re.compile(r"^# (mine|yaml-language-server): ")


@pytest.mark.parametrize("demo", ["", "ada@example.com"])
def test_every_suggestion_in_the_files_is_valid_as_it_stands(
    tmp_path: Path, schema: Schema, demo: str
) -> None:
    new = NewSite("mine", "vanilla", owner="ada@example.com", demo=demo)
    texts = {
        name: "\n".join(
            line if PROSE.match(line) else SUGGESTION.sub(r"\1\2", line)
            for line in text.splitlines()
        )
        for name, text in files(new, TEMPLATES, schema).items()
    }
    (tmp_path / "values").mkdir()
    (tmp_path / "values/platforms").symlink_to(ROOT / "values/platforms")

    write(tmp_path, "mine", texts)

    found = validate(Project(tmp_path, ROOT), "mine", (), schema)
    assert not has_errors(found), "\n".join(each.text() for each in found)
    (site,) = read_objects(texts["site.yaml"])
    assert isinstance(site, dict)
    assert {"notebooks", "plans"} < site.keys()
    assert site["gateway"]["host"] == "notebooks.example.com"
    assert site["identity"]["admins"] == ["ada@example.com"]
    assert "members: {grace" in re.sub(r"#.*", "", texts["tenants.yaml"])


NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)
HOSTS = st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,60}[a-z0-9])?", fullmatch=True)
ISSUERS = st.text(min_size=1, max_size=40).map("https://{}".format)
USERS = st.from_regex(r"[a-z0-9._+-]{1,20}@[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?", fullmatch=True)
NOTHING = st.just("")


@settings(max_examples=60, deadline=None)
@given(
    name=NAMES,
    platform=st.sampled_from(PLATFORMS),
    host=NOTHING | HOSTS,
    issuer=NOTHING | ISSUERS,
    owner=NOTHING | USERS,
    demo=NOTHING | USERS,
)
def test_what_is_not_refused_is_valid_and_read_as_it_was_said(
    tmp_path_factory: pytest.TempPathFactory, schema: Schema, **said: str
) -> None:
    new = NewSite(**said)
    root = tmp_path_factory.mktemp("project", numbered=True)
    (root / "values").mkdir()
    (root / "values/platforms").symlink_to(ROOT / "values/platforms")
    try:
        check(new, root, schema)
    except UsageError:
        assert not new.issuer.isprintable() or " " in new.issuer
        return

    write(root, new.name, files(new, TEMPLATES, schema))

    found = validate(Project(root, ROOT), new.name, (), schema)
    assert not has_errors(found), "\n".join(each.text() for each in found)
    site = site_of(root, new.name)
    assert site["site"] == {"name": new.name, "platform": new.platform}
    assert site["gateway"].get("host", "") == new.host
    if new.issuer and not new.demo:
        assert site["identity"]["oidc"]["issuer"] == new.issuer


OPTIONS = {
    "github": ("--ci", "github"),
    "gitlab": ("--ci", "gitlab"),
    "pre-commit": ("--pre-commit",),
}


def broken(project: Path) -> None:
    """Make a mistake in site lab."""
    site = project / "values/sites/lab/site.yaml"
    site.write_text(site.read_text() + "replica: 1\n")


def shell(project: Path, environment: Mapping[str, str], script: str) -> tuple[int, str]:
    """Run the commands of a workflow as its service does, with this checkout's Carrel on PATH."""
    programs = project / "programs"
    programs.mkdir(exist_ok=True)
    python = Path(sys.executable)
    (programs / "carrel").write_text(f'#!/bin/sh\nexec {python} -m carrel "$@"\n')
    (programs / "carrel").chmod(0o755)
    path = f"{programs}:{python.parent}:{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        env={**environment, "PATH": path},
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_the_github_workflow_annotates_a_pull_request(
    project: Path, carrel: Carrel, environment: Mapping[str, str]
) -> None:
    carrel("new", "mine", "--platform", "eks", "--ci", "github")
    (workflow,) = read_objects((project / WORKFLOWS["github"]).read_text())
    assert isinstance(workflow, dict)
    (job,) = workflow["jobs"].values()
    command = job["steps"][-1]["run"]

    assert workflow["permissions"] == {"contents": "read"}
    assert "pull_request" in workflow["on"]
    assert shell(project, environment, command)[0] == 0
    broken(project)
    code, said = shell(project, environment, command)
    assert code == 1
    assert "::error file=values/sites/lab/site.yaml,line=" in said


def test_the_gitlab_workflow_reports_code_quality(
    project: Path, carrel: Carrel, environment: Mapping[str, str]
) -> None:
    carrel("new", "mine", "--platform", "eks", "--ci", "gitlab")
    (workflow,) = read_objects((project / WORKFLOWS["gitlab"]).read_text())
    assert isinstance(workflow, dict)
    (job,) = workflow.values()
    script = "\n".join(line for line in job["script"] if "pip install" not in line)
    report = project / job["artifacts"]["reports"]["codequality"]

    assert shell(project, environment, script)[0] == 0
    assert {entry["severity"] for entry in json.loads(report.read_text())} == {"minor"}
    broken(project)
    assert shell(project, environment, script)[0] == 1
    worst = [entry for entry in json.loads(report.read_text()) if entry["severity"] == "major"]
    (found,) = worst
    lines = (project / "values/sites/lab/site.yaml").read_text().splitlines()
    place = {"path": "values/sites/lab/site.yaml", "lines": {"begin": len(lines)}}
    assert found["location"] == place
    assert found["check_name"] == "E101"
    assert found["description"].startswith("replica: ")
    assert re.fullmatch("[0-9a-f]{64}", found["fingerprint"])


def test_the_hook_validates_before_a_commit(
    project: Path, carrel: Carrel, environment: Mapping[str, str]
) -> None:
    carrel("new", "mine", "--platform", "eks", "--pre-commit")
    (config,) = read_objects((project / WORKFLOWS["pre-commit"]).read_text())
    assert isinstance(config, dict)
    ((hook,),) = ([*repository["hooks"]] for repository in config["repos"])
    command = hook["entry"].removeprefix(".venv/bin/")

    assert config["repos"][0]["repo"] == "local"
    assert (hook["language"], hook["pass_filenames"]) == ("system", False)
    assert re.search(hook["files"], "values/sites/mine/tenants.yaml")
    assert shell(project, environment, command)[0] == 0
    broken(project)
    assert shell(project, environment, command)[0] == 1


@pytest.mark.parametrize("service", WORKFLOWS)
def test_what_validates_already_is_left_alone(project: Path, carrel: Carrel, service: str) -> None:
    place = project / WORKFLOWS[service]
    place.parent.mkdir(exist_ok=True, parents=True)
    place.write_text("run: carrel validate\n")

    done = carrel("new", "mine", "--platform", "eks", *OPTIONS[service])

    assert place.read_text() == "run: carrel validate\n"
    assert f"{WORKFLOWS[service]} validates every change" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("service", WORKFLOWS)
def test_a_workflow_of_yours_is_not_overwritten(
    project: Path, carrel: Carrel, service: str
) -> None:
    place = project / WORKFLOWS[service]
    place.parent.mkdir(exist_ok=True, parents=True)
    place.write_text("mine: {}\n")

    done = carrel("new", "mine", "--platform", "eks", *OPTIONS[service])

    assert done.returncode == 0
    assert place.read_text() == "mine: {}\n"
    assert f"{WORKFLOWS[service]} is there already" in done.stderr
    assert "carrel validate" in done.stdout
    place.unlink()
    carrel("new", "other", "--platform", "eks", *OPTIONS[service])
    assert place.read_text() == done.stdout
    assert carrel("new", "third", "--platform", "eks", *OPTIONS[service]).stdout == ""


def test_a_workflow_is_only_written_where_its_service_looks(project: Path, carrel: Carrel) -> None:
    (project.parent / ".git").mkdir()

    done = carrel("new", "mine", "--platform", "eks", "--ci", "github")

    assert done.returncode == 0
    assert done.stdout.startswith("# Checks the values of every site")
    assert f"the repository starts at {project.parent}" in done.stderr
    assert not (project / ".github").exists()


def test_the_hook_for_other_repositories_runs_a_command_that_exists(carrel: Carrel) -> None:
    (hooks,) = read_objects((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert isinstance(hooks, list)
    (hook,) = hooks

    assert {"id", "name", "entry", "language"} <= hook.keys()
    assert (hook["id"], hook["language"]) == ("carrel-validate", "python")
    assert hook["pass_filenames"] is False
    assert re.search(hook["files"], "values/sites/lab/tenants/astronomy.yaml")
    assert re.search(hook["files"], "values/platforms/eks.yaml")
    assert not re.search(hook["files"], "docs/values.md")
    program, *arguments = hook["entry"].split()
    assert program == "carrel"
    assert carrel(*arguments).returncode == 0
