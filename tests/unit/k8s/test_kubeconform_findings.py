"""kubeconform's verdicts are said about the right object, at the right place."""

from collections.abc import Callable

import pytest

from carrel.diagnostics import Diagnostic
from carrel.k8s.kubeconform_findings import findings
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.layers import Resolved
from carrel.tools.kubeconform import Status, Verdict
from carrel.tools.violation import Violation

Render = Callable[..., tuple[RenderedObject, ...]]

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: a}
spec: {containers: [{nmae: x}]}
"""


def verdict(
    status: Status = Status.VALID, message: str = "", *violations: Violation, name: str = "web"
) -> Verdict:
    return Verdict("Pod", name, "v1", status, message, violations)


def test_valid_objects_are_no_findings(render: Render, places: Places) -> None:
    assert not list(findings(render(POD), [verdict()], frozenset, places))


def test_each_violation_names_object_field_and_template(render: Render, places: Places) -> None:
    wrong = Violation("/spec/containers/0", "additional properties 'nmae' not allowed")

    (found,) = findings(render(POD), [verdict(Status.INVALID, "bad", wrong)], frozenset, places)

    assert found.code == "E401"
    assert found.message == "Pod a/web spec.containers[0].nmae: there is no such field"
    assert found.span is not None
    assert found.span.file == "chart/templates/app/all.yaml"


def test_each_unknown_field_is_a_finding_of_its_own(render: Render, places: Places) -> None:
    wrong = Violation("/spec", "additional properties 'a', 'b' not allowed")

    found = findings(render(POD), [verdict(Status.INVALID, "bad", wrong)], frozenset, places)

    assert [each.message for each in found] == [
        "Pod a/web spec.a: there is no such field",
        "Pod a/web spec.b: there is no such field",
    ]


def test_digits_are_a_position_only_in_a_list(render: Render, places: Places) -> None:
    objects = render(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: a}\nx: {'0': [1]}"
    )
    wrong = Violation("/x/0/0", "is wrong")

    (found,) = findings(objects, [verdict(Status.INVALID, "bad", wrong)], frozenset, places)

    assert found.message == "Pod a/web x.0[0]: is wrong"


def test_of_two_objects_with_one_name_the_right_one_is_meant(
    render: Render, places: Places
) -> None:
    objects = render(POD, POD.replace("namespace: a", "namespace: b"))
    wrong = verdict(Status.INVALID, "bad", Violation("", "bad"))

    (found,) = findings(objects, [verdict(), wrong], frozenset, places)

    assert found.message.startswith("Pod b/web")


@pytest.mark.parametrize(
    ("source", "code"),
    [("templates/web/pod.yaml", "E402"), ("templates/extra-objects.yaml", "W402")],
)
def test_a_kind_without_schema_is_our_mistake_or_your_choice(
    render: Render, places: Places, source: str, code: str
) -> None:
    unknown = verdict(Status.ERROR, "could not find schema for Pod")

    (found,) = findings(render(POD, source=source), [unknown], frozenset, places)

    assert found.code == code


SERVED = (
    "apps/v1/Deployment",
    "autoscaling/v1/Scaler",
    "autoscaling/v2/Scaler",
    "kubeflow.org/v1/Notebook",
    "v1/Pod",
    "v1/Service",
)


@pytest.mark.parametrize(
    ("api_version", "kind", "instead"),
    [
        ("apps/v1beta1", "Deployment", "write apiVersion: apps/v1"),
        ("autoscaling/v3", "Scaler", "write apiVersion: autoscaling/v1 or autoscaling/v2"),
        ("v1", "Deployment", "apps/v1 has this kind"),
        ("v1", "Prod", "the group has Pod, Service"),
        ("kubeflow.org/v2", "Notebook", "write apiVersion: kubeflow.org/v1"),
    ],
)
def test_a_kind_that_does_not_exist_is_refused(
    render: Render, places: Places, api_version: str, kind: str, instead: str
) -> None:
    found = extra_without_schema(render, places, api_version, kind)

    assert found.code == "E403"
    assert f"there is no {api_version} {kind}" in found.message
    assert found.hint == instead


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("autoscaling/v1", "Scaler"),
        ("example.com/v1", "Deployment"),
        # The training operator's, for one.
        ("kubeflow.org/v1", "PyTorchJob"),
    ],
)
def test_a_kind_that_may_exist_is_not(
    render: Render, places: Places, api_version: str, kind: str
) -> None:
    assert extra_without_schema(render, places, api_version, kind).code == "W402"


def extra_without_schema(render: Render, places: Places, api_version: str, kind: str) -> Diagnostic:
    document = f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: web, namespace: a}}"
    objects = render(document, source="templates/extra-objects.yaml")
    unknown = Verdict(kind, "web", api_version, Status.ERROR, "could not find schema for it", ())
    (found,) = findings(objects, [unknown], lambda: SERVED, places)
    return found


def test_what_kubeconform_cannot_read_is_an_error(render: Render, places: Places) -> None:
    (found,) = findings(render(POD), [verdict(Status.ERROR, "broken")], frozenset, places)

    assert (found.code, found.message) == ("E401", "Pod a/web: broken")


def test_a_verdict_on_another_object_is_a_bug(render: Render, places: Places) -> None:
    with pytest.raises(ValueError, match="other"):
        list(findings(render(POD), [verdict(name="other")], frozenset, places))
    with pytest.raises(ValueError, match="shorter"):
        list(findings(render(POD, POD), [verdict()], frozenset, places))


def test_an_object_of_the_users_own_is_shown_where_it_was_written(
    render: Render, site_with: Callable[[str], Resolved]
) -> None:
    resolved = site_with(
        "extraObjects:\n"
        "  mine:\n"
        "    apiVersion: v1\n"
        "    kind: Pod\n"
        "    metadata: {name: web, namespace: a}\n"
        "    spec:\n"
        "      containers:\n"
        "        - nmae: x\n"
    )
    wrong = Violation("/spec/containers/0/nmae", "is not known")
    objects = render(POD, source="templates/extra-objects.yaml")

    (found,) = findings(
        objects, [verdict(Status.INVALID, "bad", wrong)], frozenset, Places.of(resolved)
    )

    assert str(found.span) == "site.yaml:8:17"
    assert found.path == "extraObjects.mine.spec.containers[0].nmae"
