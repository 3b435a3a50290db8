"""The text of the templates: what none may use, how each begins, and that each has a test."""

import re
from pathlib import Path

import pytest

GUARD = re.compile(
    r"\{\{- (?:\$component := \.Values\.components\.(\w+)"
    r"|if eq \.Values\.scope \"(?:platform|tenants)\""
    r"|if and \(eq \.Values\.scope \"platform\"\) .+"
    r") \}\}"
)
SECOND_GUARD = re.compile(
    r"(?:\{\{- \$access := \.Values\.components\.accessManagement \}\}\n)?"
    r"\{\{- if and \(eq \.Values\.scope \"platform\"\) \$component\.enabled\b.* \}\}"
)
WITHOUT_GUARD = {"site/configmap.yaml", "validate/first/values.yaml"}
"""Both scopes say whose cluster it is, and need their values checked."""

FORBIDDEN = {
    "asks the cluster": r"\blookup\b|\.Capabilities\b|\bgetHostByName\b",
    "differs from run to run": r"\b(?:rand\w+|uuidv4|now|ago|date\w*|htmlDate\w*|unixEpoch)\b",
    "makes secrets": r"\b(?:gen[A-Z]\w+|derivePassword|buildCustomCert|bcrypt|htpasswd)\b",
    "reads the environment": r"\b(?:env|expandenv)\b",
    "differs from install to upgrade": r"\.Release\.(?:IsInstall|IsUpgrade|Revision)\b",
    "runs text as a template": r"\btpl\b",
}
WRITES = re.compile(r"\b(?:(?:mustM|m)erge(?:Overwrite)?|set|unset)\b\s+([^)}]*)")
READS_VALUES = re.compile(r"\.Values\b|\$component\b|\$notebooks\b|\.component\b|\.extra\b")


def code_of(text: str) -> str:
    """The actions of a template, without comments and without the text between actions."""
    text = re.sub(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", "", text, flags=re.S)
    actions = " ".join(re.findall(r"\{\{.*?\}\}", text, flags=re.S))
    return re.sub(r'"(?:[^"\\]|\\.)*"|`[^`]*`', '""', actions)


def manifests(templates: dict[str, str]) -> dict[str, str]:
    """The templates that render objects."""
    return {path: text for path, text in templates.items() if path.endswith(".yaml")}


@pytest.mark.parametrize("reason", FORBIDDEN)
def test_no_template_uses_a_function_that(templates: dict[str, str], reason: str) -> None:
    used = {
        (path, name)
        for path, text in templates.items()
        for name in re.findall(FORBIDDEN[reason], code_of(text))
    }
    assert used == set()


def test_no_template_writes_into_the_values(templates: dict[str, str]) -> None:
    """What merges or sets must write into a copy, or into a map that it made itself."""
    written = []
    for path, text in templates.items():
        for arguments in WRITES.findall(code_of(text)):
            target = arguments.strip()
            if READS_VALUES.match(target.lstrip("(")) and "deepCopy" not in target:
                written.append((path, target))
    assert written == []


@pytest.mark.parametrize(
    "bad",
    [
        "{{ mergeOverwrite .Values.a .Values.b }}",
        "{{ $x := set .Values.a }}",
        "{{ merge $component.podLabels (dict) }}",
    ],
)
def test_writing_into_the_values_is_noticed(bad: str) -> None:
    with pytest.raises(AssertionError):
        test_no_template_writes_into_the_values({"bad.yaml": bad})


def test_every_template_begins_with_its_guard(templates: dict[str, str]) -> None:
    for path, text in manifests(templates).items():
        if path in WITHOUT_GUARD:
            continue
        first, rest = text.split("\n", 1)
        guard = GUARD.fullmatch(first)
        assert guard, f"{path}: {first}"
        if guard[1]:
            assert SECOND_GUARD.match(rest), f"{path}: {rest.splitlines()[0]}"


def test_no_template_has_code_of_another_components_folder(templates: dict[str, str]) -> None:
    for path, text in manifests(templates).items():
        guard = GUARD.match(text)
        if guard and guard[1]:
            folder = re.sub(r"([A-Z])", lambda found: f"-{found[1].lower()}", guard[1])
            assert path.startswith(f"{folder}/"), path


def test_there_are_no_hooks_and_no_crds_folder(
    project_root: Path, templates: dict[str, str]
) -> None:
    assert not [path for path, text in templates.items() if "helm.sh/hook" in text]
    assert not list((project_root / "chart").rglob("crds/crds"))
    assert not (project_root / "chart/crds").exists()


def test_no_helper_is_defined_twice_or_never_used(templates: dict[str, str]) -> None:
    defined = [
        name for text in templates.values() for name in re.findall(r'define "([^"]+)"', text)
    ]
    assert len(defined) == len(set(defined))
    every = "".join(templates.values())
    used = set(re.findall(r'include "([^"]+)"', every))
    by_area = {f"carrel.validate.{area}" for area in re.findall(r'"(\w+)"', every)}
    assert used <= set(defined)
    assert set(defined) <= used | by_area


def test_every_template_is_named_by_a_test(project_root: Path, templates: dict[str, str]) -> None:
    """By the path of the test, or in its text, where `a/{b,c}.yaml` names two."""
    tests = project_root / "tests/chart"
    text = "".join(file.read_text() for file in tests.rglob("*.py"))
    named = {
        f"{folder}/{name.strip()}.yaml"
        for folder, names in re.findall(r"([a-z0-9-]+)/\{([a-z,\s-]+)\}\.yaml", text)
        for name in names.split(",")
    }
    for path in templates:
        folder, _, name = path.rpartition("/")
        mirrored = tests / folder.replace("-", "_") / f"test_{name.split('.')[0]}.py"
        assert mirrored.exists() or path in named or path in text, path


def test_everything_is_a_template_a_helper_or_the_notes(templates: dict[str, str]) -> None:
    assert {path for path in templates if not path.endswith((".yaml", ".tpl"))} == {"NOTES.txt"}
