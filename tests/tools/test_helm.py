"""Helm, each supported one, as Carrel runs it."""

from pathlib import Path

import pytest

from carrel.errors import EnvironmentFault
from carrel.tools.helm import Helm, TemplateFailure
from carrel.tools.helm_failure import TemplateError, parse_failure

CASE = "carrel/templates/case.yaml"
HELPERS = "carrel/templates/_lib.tpl"


def render(helm: Helm, chart: Path, *sets: str, values: tuple[Path, ...] = ()) -> str:
    return helm.template(
        chart, release="one", namespace="two", values=values, sets=sets, kube_version="1.35.2"
    )


def failure(helm: Helm, chart: Path, *sets: str) -> TemplateError:
    with pytest.raises(TemplateFailure) as caught:
        render(helm, chart, *sets)
    return parse_failure(caught.value.stderr)


def test_renders_the_release_for_the_kubernetes_that_is_asked_for(
    helm: Helm, failing_chart: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    first.write_text("gateway: {host: first.example}\n")
    second.write_text("gateway: {host: second.example}\n")

    text = render(helm, failing_chart, values=(first, second))

    assert "  name: one\n  namespace: two\n" in text
    assert "  kubernetes: v1.35.2\n" in text
    assert '  host: "second.example"\n' in text
    assert f"# Source: {CASE}\n" in text


def test_sets_come_over_files(helm: Helm, failing_chart: Path, tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_text("gateway: {host: file.example}\n")

    assert '"set.example"' in render(
        helm, failing_chart, "gateway.host=set.example", values=(file,)
    )


def test_the_users_helm_settings_change_nothing(
    helm: Helm, failing_chart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answers() -> tuple[str, str]:
        with pytest.raises(TemplateFailure) as caught:
            render(helm, failing_chart, "case=fail")
        return render(helm, failing_chart), caught.value.stderr

    expected = answers()
    for folder in (".config/helm", ".local/share/helm/plugins/broken", ".cache/helm", ".kube"):
        (tmp_path / folder).mkdir(parents=True)
    for file in (".config/helm/repositories.yaml", ".kube/config"):
        (tmp_path / file).write_text("not: [yaml")
    (tmp_path / ".local/share/helm/plugins/broken/plugin.yaml").write_text("not: [yaml")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HELM_NAMESPACE", "other")
    monkeypatch.setenv("HELM_DEBUG", "true")
    before = sorted(tmp_path.rglob("*"))

    assert answers() == expected
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (
            "fail",
            TemplateError(
                CASE, 1, 36, "gateway.host: name it\nimages: pin them", ("gateway.host", "images")
            ),
        ),
        ("check", TemplateError(CASE, 2, 37, "gateway.host: name it", ("gateway.host",))),
        ("required", TemplateError(CASE, 3, 40, "images: pin them", ("images",))),
        (
            "nil",
            TemplateError(
                CASE, 4, 42, "nil pointer evaluating interface {}.host", ("images.mirror.host",)
            ),
        ),
        (
            "include",
            TemplateError(
                HELPERS, 2, 9, "nil pointer evaluating interface {}.host", ("images.mirror.host",)
            ),
        ),
        (
            "type",
            TemplateError(
                CASE,
                6,
                49,
                "wrong type for value; expected string; got map[string]interface {}",
                ("sizes",),
            ),
        ),
        (
            "tpl",
            TemplateError(
                CASE, 7, 35, "nil pointer evaluating interface {}.host", ("images.mirror.host",)
            ),
        ),
        (
            "yaml",
            TemplateError(
                CASE,
                None,
                None,
                "what it renders is not a Kubernetes object: line 2: mapping values are not "
                "allowed in this context",
                (),
            ),
        ),
    ],
)
def test_says_which_template_and_which_values_went_wrong(
    helm: Helm, failing_chart: Path, case: str, expected: TemplateError
) -> None:
    assert failure(helm, failing_chart, f"case={case}") == expected


def test_lists_every_violation_of_the_schema_in_one_order(helm: Helm, failing_chart: Path) -> None:
    wrong = "gateway.host=null,gateway.replcas=3,gateway.replicas=0,ports[0]=x,crds.kep=1,typo=1"

    found = failure(helm, failing_chart, wrong)

    assert found == TemplateError(
        template=None,
        line=None,
        column=None,
        message="crds.kep: is not known; gateway.host: is missing; gateway.replcas: is not known; "
        "gateway.replicas: minimum: got 0, want 1; ports[0]: got string, want integer; "
        "typo: is not known",
        value_paths=(
            "crds.kep",
            "gateway.host",
            "gateway.replcas",
            "gateway.replicas",
            "ports[0]",
            "typo",
        ),
    )


def test_says_so_when_the_chart_does_not_support_the_kubernetes(
    helm: Helm, failing_chart: Path
) -> None:
    with pytest.raises(TemplateFailure) as caught:
        helm.template(
            failing_chart, release="one", namespace="two", values=(), kube_version="1.29.0"
        )

    found = parse_failure(caught.value.stderr)

    assert found.template is None
    assert found.message.startswith("chart requires kubeVersion: >=1.30.0-0")


def test_a_syntax_error_names_the_template(helm: Helm, failing_chart: Path, tmp_path: Path) -> None:
    for file in failing_chart.rglob("*"):
        if file.is_file():
            copy = tmp_path / "carrel" / file.relative_to(failing_chart)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(file.read_text())
    (tmp_path / "carrel/templates/more.yaml").write_text("a: 1\n{{ if }}\n")

    found = failure(helm, tmp_path / "carrel")

    assert found == TemplateError("carrel/templates/more.yaml", 2, None, "missing value for if", ())


@pytest.mark.parametrize(
    ("stderr", "message"),
    [
        ("Error: open nope.yaml: no such file or directory\n", "open nope.yaml: no such file"),
        ("level=WARN msg=x\nError: this\nand that\n", "this\nand that"),
        ("panic: runtime error", "panic: runtime error"),
        ("", "Helm failed and said nothing"),
    ],
)
def test_anything_else_is_kept_as_it_is(stderr: str, message: str) -> None:
    found = parse_failure(stderr)

    assert found.message.startswith(message)
    assert found.template is None


def test_lint_reports_what_helm_lint_reports(helm: Helm, failing_chart: Path) -> None:
    def severities(*sets: str) -> set[str]:
        messages = helm.lint(
            failing_chart, namespace="two", values=(), sets=sets, kube_version="1.35.0"
        )
        return {message.severity for message in messages}

    assert severities() == {"INFO"}
    assert severities("case=yaml") == {"INFO", "ERROR"}


def test_lint_names_the_file_and_the_reason(helm: Helm, failing_chart: Path) -> None:
    messages = helm.lint(
        failing_chart, namespace="two", values=(), sets=("typo=1",), kube_version="1.35.0"
    )

    reasons = {message.path: message.message for message in messages}
    assert reasons["values.yaml"] == "- at '': additional properties 'typo' not allowed"
    assert reasons["templates/"].endswith("- at '': additional properties 'typo' not allowed")


def test_a_helm_that_is_killed_is_not_taken_for_a_wrong_chart(
    tmp_path: Path, failing_chart: Path, helm4: Helm
) -> None:
    program = tmp_path / "helm"
    program.write_text("#!/bin/sh\nkill -9 $$\n")
    program.chmod(0o755)

    with pytest.raises(EnvironmentFault, match="was ended by signal 9: check that the machine has"):
        render(Helm(program, helm4.version), failing_chart)
