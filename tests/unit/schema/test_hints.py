"""What is suggested instead of what was written."""

from typing import Any

import pytest

from carrel.schema import hints


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("replica", "replicas"),
        ("Replicas", "replicas"),
        ("pod_labels", "podLabels"),
        ("pod-labels", "podLabels"),
        ("POD_LABELS", "podLabels"),
        ("podLables", "podLabels"),
        ("imagee", "image"),
        ("tsl", "tls"),
        ("foo", ""),
        ("xyz", ""),
        ("", ""),
    ],
)
def test_did_you_mean(written: str, meant: str) -> None:
    keys = ["replicas", "image", "podLabels", "podAnnotations", "tls", "tolerations"]

    assert hints.did_you_mean(written, keys) == meant


def test_of_two_near_keys_the_nearest_is_meant() -> None:
    assert hints.did_you_mean("jwksUrl", ["jwksUri", "jwks"]) == "jwksUri"
    assert hints.did_you_mean("qpss", ["ops", "qps"]) == "qps"


@pytest.mark.parametrize(
    ("value", "node", "key", "written"),
    [
        ("4h", {"type": "integer"}, "idleMinutes", "240"),
        ("90s", {"type": "number"}, "idleMinutes", "1.5"),
        ("90s", {"type": "integer"}, "idleMinutes", ""),
        ("5m", {"type": "integer"}, "timeoutSeconds", "300"),
        ("2d", {"type": "integer"}, "keepDays", "2"),
        ("4h", {"type": "integer"}, "replicas", ""),
        ("3", {"type": "integer"}, "replicas", "3"),
        ("three", {"type": "integer"}, "replicas", ""),
        ("500m", {"type": "number"}, "cpu", "0.5"),
        ("yes", {"type": "boolean"}, "enabled", "true"),
        ("Disabled", {"type": "boolean"}, "enabled", "false"),
        (1.36, {"type": "string", "enum": ["1.35", "1.36"]}, "version", '"1.36"'),
        (1.3, {"type": "string", "enum": ["1.30"]}, "version", '"1.30"'),
        (9, {"type": "string", "enum": ["1.30"]}, "version", ""),
        (7, {"type": "string"}, "tag", '"7"'),
        (4, {"type": "string", "pattern": "^[0-9]+Gi$"}, "memory", "4Gi"),
        (True, {"type": "string"}, "tag", '"true"'),
        (False, {"type": "string", "enum": ["on", "off"]}, "state", '"off"'),
        ("a", {"type": "array"}, "names", "[a]"),
        ("a b", {"type": "array"}, "names", '["a b"]'),
        (None, {"type": "array"}, "names", ""),
    ],
)
def test_a_value_is_converted_to_the_type_that_is_wanted(
    value: object, node: dict[str, Any], key: str, written: str
) -> None:
    assert hints.conversion(value, node, key) == written


@pytest.mark.parametrize(
    ("text", "pattern", "repaired"),
    [
        ("My Site", "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "my-site"),
        ("campus ", "^[a-z]+$", "campus"),
        ("Ada@Example.com", "^[a-z]+@[a-z.]+$", "ada@example.com"),
        ("https://ghcr.io/", "^[a-z.]+$", "ghcr.io"),
        ("2GB", "^[0-9]+Gi$", "2Gi"),
        ("512 MB", "^[0-9]+M?$", "512M"),
        ("§", "^[a-z]+$", ""),
    ],
)
def test_a_text_is_repaired_by_the_smallest_usual_change(
    text: str, pattern: str, repaired: str
) -> None:
    assert hints.repair(text, pattern) == repaired


def test_a_unit_belongs_to_numbers_only() -> None:
    assert hints.wanted({"type": "integer"}, "idleMinutes") == "a whole number of minutes"
    assert hints.wanted({"type": "string"}, "idleMinutes") == "a string"
    assert hints.wanted({"type": ["number", "string"]}, "cpu") == "a number or a string"


def test_a_long_value_is_shortened() -> None:
    assert len(hints.literal("x" * 1000)) == 60


def test_words_are_enumerated() -> None:
    assert hints.listed(["a"]) == "a"
    assert hints.listed(["a", "b", 3], "and") == "a, b and 3"
    assert hints.listed(["", "off", "1.35"]) == '"", "off" or "1.35"'
