"""The table of who may do what, as the server answers it and as people review it."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product

from tests.cluster.api import Api

ANSWERS = {(False, False): "-", (True, False): "own", (True, True): "all", (False, True): "FOREIGN"}
"""Allowed in the own tenant and in another one → what stands in the table."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody who asks.

    Attributes:
        user: the name that the server knows.
        groups: that the user is in.
    """

    user: str
    groups: tuple[str, ...] = ("system:authenticated",)


@dataclass(frozen=True, slots=True)
class Action:
    """What is asked for.

    Attributes:
        verb: such as `get`.
        resource: as kubectl knows it, `pods/exec` for a subresource.
    """

    verb: str
    resource: str

    @property
    def attributes(self) -> dict[str, str]:
        """As a SubjectAccessReview names it."""
        name, _, subresource = self.resource.partition("/")
        resource, _, group = name.partition(".")
        found = {"verb": self.verb, "resource": resource, "group": group}
        return found | ({"subresource": subresource} if subresource else {})


def allowed(api: Api, subject: Subject, action: Action, namespace: str) -> bool:
    """What the server answers."""
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": subject.user,
            "groups": list(subject.groups),
            "resourceAttributes": {**action.attributes, "namespace": namespace},
        },
    }
    return bool(api.create(review)["status"]["allowed"])


def ask(
    api: Api, subjects: Mapping[str, Subject], actions: Iterable[Action], own: str, foreign: str
) -> dict[tuple[str, str], str]:
    """Action in words and name of the subject → what stands in the table."""

    def answer(action: Action, name: str) -> str:
        if _has_no_namespace(api, action):
            everywhere = allowed(api, subjects[name], action, "")
            return ANSWERS[everywhere, everywhere]
        here, there = (allowed(api, subjects[name], action, place) for place in (own, foreign))
        return ANSWERS[here, there]

    pairs = [*product(actions, subjects)]
    with ThreadPoolExecutor(4) as threads:
        answers = [*threads.map(lambda pair: answer(*pair), pairs)]
    return {
        (f"{action.verb} {action.resource}", name): said
        for (action, name), said in zip(pairs, answers, strict=True)
    }


def _has_no_namespace(api: Api, action: Action) -> bool:
    """Whether it is about the whole cluster. One namespace lies in itself, as the server has it."""
    name = action.resource.partition("/")[0]
    if name == "namespaces":
        return action.verb in {"create", "list"}
    return not api.resource(name).namespaced


def table(answers: Mapping[tuple[str, str], str], subjects: Iterable[str]) -> str:
    """The answers as text in columns: one line for each action."""
    subjects = list(subjects)
    actions = list(dict.fromkeys(action for action, _ in answers))
    rows = [["", *subjects], *([each, *(answers[each, s] for s in subjects)] for each in actions)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "\n".join(lines) + "\n"


def read(text: str) -> tuple[str, list[Action]]:
    """A table without its comments, and the actions that it asks about."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    actions = [Action(*line.split()[:2]) for line in lines[1:]]
    return "\n".join(lines) + "\n", actions
