"""What a pod says of itself."""

from collections.abc import Iterator

from carrel.k8s.fields import Fields, descend, labels, mappings, strings, text


def is_ready(pod: Fields) -> bool:
    """Whether it serves."""
    conditions = descend(pod, "status").get("conditions")
    return any(
        each.get("type") == "Ready" and each.get("status") == "True"
        for _, each in mappings(conditions)
    )


def mentions(pod: Fields, *words: str) -> bool:
    """Whether a word is in its name, its labels, or the arguments and variables of a container."""
    return any(word in each for each in _texts(pod) for word in words)


def _texts(pod: Fields) -> Iterator[str]:
    metadata = descend(pod, "metadata")
    yield text(metadata.get("name"))
    yield from labels(metadata.get("labels")).values()
    for _, container in mappings(descend(pod, "spec").get("containers")):
        yield from strings(container.get("command"))
        yield from strings(container.get("args"))
        for _, variable in mappings(container.get("env")):
            yield text(variable.get("value"))
