"""certificates/authority.yaml and _lib/certificates.tpl: who signs the webhooks' certificates."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest


def leaves(manifest: "Manifest") -> list[Any]:
    return [each for each in manifest.kind("Certificate") if not each["spec"].get("isCA")]


def hours(duration: str) -> int:
    return int(duration.removesuffix("h"))


def test_no_certificate_vouches_for_itself(chart: "Chart") -> None:
    """Trap: upstream's are their own authority, so that a renewal breaks all pod creation."""
    manifest = chart.render("lab")
    authority = manifest.get("Certificate", "carrel-webhook-ca")["spec"]
    issuer = manifest.get("Issuer", "carrel-webhook-ca")["spec"]
    assert issuer == {"ca": {"secretName": authority["secretName"]}}
    assert leaves(manifest)
    for leaf in leaves(manifest):
        assert leaf["spec"]["issuerRef"]["name"] == "carrel-webhook-ca"
        assert hours(leaf["spec"]["duration"]) * 10 < hours(authority["duration"])
        assert hours(leaf["spec"]["renewBefore"]) >= 24


def test_a_renewed_authority_vouches_for_what_it_signed_before(chart: "Chart") -> None:
    authority = chart.render("lab").get("Certificate", "carrel-webhook-ca")["spec"]
    assert authority["isCA"] is True
    assert authority["privateKey"]["rotationPolicy"] == "Never"
    assert "cert sign" in authority["usages"]


def test_each_certificate_names_the_service_that_shows_it(chart: "Chart") -> None:
    domain = {"kubernetes": {"clusterDomain": "site.internal"}}
    manifest = chart.render("lab", domain)
    services = {each["metadata"]["name"] for each in manifest.kind("Service")}
    for leaf in leaves(manifest):
        short, long = leaf["spec"]["dnsNames"]
        service, namespace, _ = short.split(".")
        assert service in services
        assert namespace == "kubeflow"
        assert long == f"{short}.site.internal"
