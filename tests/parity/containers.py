"""What a container amounts to, however its manifest says it."""

import re
from collections.abc import Mapping

from tests.parity.inventory import Inventory

from carrel.k8s.fields import Fields, descend, mapping, mappings, strings, text

_REFERENCE = re.compile(r"\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def effective(container: Fields, namespace: str, inventory: Inventory) -> dict[str, object]:
    """A container with its references resolved.

    `env` holds every variable by name, whether it stands in the container or in a ConfigMap;
    `argv` is command and arguments in one, since a program cannot tell them apart, with variables
    filled in; ports of probes are numbers.
    """
    env = environment(container, namespace, inventory)
    found = {
        key: value
        for key, value in container.items()
        if key not in ("env", "envFrom", "command", "args")
    }
    if env:
        found["env"] = env
    command, arguments = strings(container.get("command")), strings(container.get("args"))
    if command:
        found["argv"] = _filled_in(command + arguments, env)
    elif arguments:
        found["args"] = _filled_in(arguments, env)
    for probe in _PROBES:
        if probe in container:
            found[probe] = _with_port_numbers(container[probe], _named_ports(container))
    return found


def environment(container: Fields, namespace: str, inventory: Inventory) -> dict[str, object]:
    """The environment variables of a container by name: texts, and references to the rest."""
    found: dict[str, object] = {}
    for _, source in mappings(container.get("envFrom")):
        name = text(descend(source, "configMapRef").get("name"))
        prefix = text(source.get("prefix"))
        for key, value in inventory.config(namespace, name).items():
            found[prefix + key] = value
    for _, variable in mappings(container.get("env")):
        name = text(variable.get("name"))
        if "valueFrom" in variable:
            found[name] = _from_config(mapping(variable["valueFrom"]), namespace, inventory)
        else:
            found[name] = text(variable.get("value"))
    return found


def _from_config(source: Fields, namespace: str, inventory: Inventory) -> object:
    reference = descend(source, "configMapKeyRef")
    data = inventory.config(namespace, text(reference.get("name")))
    return data.get(text(reference.get("key")), source)


def _filled_in(words: list[str], env: Mapping[str, object]) -> list[str]:
    """The words with `$(NAME)` replaced, as the kubelet does."""

    def value(reference: re.Match[str]) -> str:
        known = env.get(reference[1])
        return known if isinstance(known, str) else reference[0]

    return [_REFERENCE.sub(value, word) for word in words]


def _named_ports(container: Fields) -> dict[str, object]:
    return {
        text(port.get("name")): port.get("containerPort")
        for _, port in mappings(container.get("ports"))
    }


def _with_port_numbers(value: object, ports: Mapping[str, object]) -> object:
    if not isinstance(value, dict):
        return value
    return {
        key: ports.get(item, item)
        if key == "port" and isinstance(item, str)
        else _with_port_numbers(item, ports)
        for key, item in value.items()
    }
