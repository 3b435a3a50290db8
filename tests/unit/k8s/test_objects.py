"""What Helm printed becomes objects that know where they come from."""

import pytest

from carrel.k8s import objects
from carrel.k8s.objects import Identity

CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: kubeflow
data:
  text: |
    one
    ---
    # Source: carrel/templates/not/a/template.yaml
    two
"""
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: notebooks.kubeflow.org
spec: {this: [is, not: parsed
"""


def output(*documents: tuple[str, str]) -> str:
    return "".join(f"---\n# Source: {source}\n{text}" for source, text in documents)


def test_a_document_separator_inside_a_block_scalar_separates_nothing() -> None:
    (found,), diagnostics = objects.read(
        output(("carrel/templates/web/config.yaml", CONFIG_MAP)), "carrel"
    )

    assert not diagnostics
    assert found.body["data"] == {
        "text": "one\n---\n# Source: carrel/templates/not/a/template.yaml\ntwo\n"
    }


def test_an_object_knows_its_template_component_and_release() -> None:
    (found,), _ = objects.read(output(("carrel/templates/web/config.yaml", CONFIG_MAP)), "carrel")

    assert found.source == "chart/templates/web/config.yaml"
    assert found.component == "web"
    assert found.release == "carrel"
    assert found.text == CONFIG_MAP


def test_a_template_outside_any_folder_is_a_component_of_its_own() -> None:
    (found,), _ = objects.read(output(("carrel/templates/crds.yaml", CRD)), "carrel")

    assert found.component == "crds"


def test_a_subcharts_template_is_shown_where_it_is_in_the_project() -> None:
    source = "carrel/charts/crds/templates/all.yaml"

    (found,), _ = objects.read(output((source, CRD)), "carrel")

    assert found.source == "chart/charts/crds/templates/all.yaml"


def test_a_crd_is_copied_and_never_parsed() -> None:
    (found,), diagnostics = objects.read(output(("carrel/templates/crds.yaml", CRD)), "carrel")

    assert not diagnostics
    assert found.is_crd
    assert found.identity == Identity(
        "apiextensions.k8s.io", "CustomResourceDefinition", "", "notebooks.kubeflow.org"
    )
    assert found.text == CRD


def test_a_document_of_comments_only_is_no_object() -> None:
    found, diagnostics = objects.read(
        output(("carrel/templates/empty.yaml", "# nothing here\n")), "carrel"
    )

    assert (found, diagnostics) == ((), ())


def test_a_wrong_document_hides_no_other() -> None:
    found, (diagnostic,) = objects.read(
        output(
            ("carrel/templates/a.yaml", CONFIG_MAP),
            ("carrel/templates/b.yaml", "a: [b\n"),
            ("carrel/templates/c.yaml", "# nothing\n"),
            ("carrel/templates/d.yaml", CONFIG_MAP.replace("settings", "others")),
        ),
        "carrel",
    )

    assert [(each.source, each.name) for each in found] == [
        ("chart/templates/a.yaml", "settings"),
        ("chart/templates/d.yaml", "others"),
    ]
    assert diagnostic.span is not None
    assert diagnostic.span.file == "chart/templates/b.yaml"


def test_a_document_that_is_several_hides_no_other() -> None:
    found, (diagnostic,) = objects.read(
        output(
            ("carrel/templates/a.yaml", "a: b\n...\n---\nc: d\n"),
            ("carrel/templates/b.yaml", CONFIG_MAP),
        ),
        "carrel",
    )

    assert [each.source for each in found] == ["chart/templates/b.yaml"]
    assert "several documents" in diagnostic.message


def test_an_empty_document_is_no_object() -> None:
    assert objects.read(output(("carrel/templates/empty.yaml", "null\n")), "carrel") == ((), ())


def test_no_output_is_no_objects() -> None:
    assert objects.read("", "carrel") == ((), ())


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("a: b\n", "has no apiVersion"),
        ("apiVersion: v1\n", "has no kind"),
        ("apiVersion: v1\nkind: Secret\n", "has no metadata.name"),
        ("- a\n", "is no mapping"),
        ("a: [b\n", "is no YAML"),
        ("apiVersion: v1\nkind: List\nitems: []\n", "is a List"),
    ],
)
def test_what_is_no_object_is_reported_at_its_template(document: str, fault: str) -> None:
    found, (diagnostic,) = objects.read(
        output(("carrel/templates/web/wrong.yaml", document)), "carrel"
    )

    assert found == ()
    assert diagnostic.code == "E410"
    assert fault in diagnostic.message
    assert str(diagnostic.span).startswith("chart/templates/web/wrong.yaml:")


def test_an_identity_always_has_four_parts() -> None:
    assert str(Identity("", "Namespace", "", "kubeflow")) == "core/Namespace/-/kubeflow"
    assert str(Identity("apps", "Deployment", "kubeflow", "web")) == "apps/Deployment/kubeflow/web"
