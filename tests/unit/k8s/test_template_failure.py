"""What Helm says is said at the value behind it."""

from collections.abc import Callable

from carrel.k8s.template_failure import explain
from carrel.layers import Resolved

SiteWith = Callable[[str], Resolved]

REFUSED = (
    "Error: execution error at (carrel/templates/validate.yaml:1:4): "
    "gateway.host: no host is named; write one\n"
)


def test_a_refused_value_is_shown_where_it_was_written(site_with: SiteWith) -> None:
    (found,) = explain(REFUSED, site_with("gateway:\n  host: ''\n"))

    assert found.text() == (
        "site.yaml:2:9: error[E301] gateway.host: no host is named; write one "
        "(raised by chart/templates/validate.yaml:1:5)"
    )


def test_each_sentence_has_its_own_place(site_with: SiteWith) -> None:
    stderr = REFUSED.rstrip() + "\nsite.name: too short\n"

    found = explain(stderr, site_with("gateway:\n  host: ''\nsite: {name: a}\n"))

    assert [(str(each.span), each.path) for each in found] == [
        ("site.yaml:2:9", "gateway.host"),
        ("site.yaml:3:14", "site.name"),
    ]


def test_lines_that_name_no_value_are_one_sentence(site_with: SiteWith) -> None:
    stderr = REFUSED.rstrip() + "\nand that is all: really\n"

    (found,) = explain(stderr, site_with("gateway:\n  host: ''\n"))

    assert found.message == "no host is named; write one and that is all: really"


def test_a_value_that_nobody_wrote_is_shown_at_the_template(site_with: SiteWith) -> None:
    (found,) = explain(REFUSED, site_with("site: {name: a}\n"))

    assert str(found.span) == "chart/templates/validate.yaml:1:5"
    assert "gateway.host: no host is named" in found.message


def test_a_fault_of_a_template_names_its_line_and_the_value(site_with: SiteWith) -> None:
    stderr = (
        "Error: template: carrel/templates/web/service.yaml:7:13: executing "
        '"carrel/templates/web/service.yaml" at <.Values.gateway.host.name>: '
        "can't evaluate field name in type interface {}\n"
    )

    (found,) = explain(stderr, site_with("gateway:\n  host: a\n"))

    assert str(found.span) == "site.yaml:2:9"
    assert found.path == "gateway.host"
    assert "chart/templates/web/service.yaml:7:14" in found.text()
    assert "can't evaluate field name" in found.message
