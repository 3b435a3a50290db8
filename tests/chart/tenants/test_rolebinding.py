"""tenants/{rolebinding,authorizationpolicy}.yaml: members, as access-management makes them."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from carrel.rules.tenants import binding_name, members

if TYPE_CHECKING:
    from tests.chart.conftest import Manifest

    Teams = Callable[..., Manifest]

OWNER = "ada@example.com"
GATEWAY = "cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account"


def team(**values: Any) -> dict[str, Any]:
    return {"owner": OWNER, "plan": "standard", **values}


def bound(manifest: "Manifest", namespace: str = "team") -> dict[str, str]:
    """What each user may do, by the bindings that the dashboard lists.

    Whoever may edit has another one, for what notebooks do not have.
    """
    found: dict[str, str] = {}
    members = set()
    for binding in manifest.kind("RoleBinding"):
        if binding["metadata"]["namespace"] == namespace:
            (subject,) = binding["subjects"]
            role = binding["roleRef"]["name"].removeprefix("kubeflow-")
            if role == "member":
                assert "annotations" not in binding["metadata"]
                members.add(subject["name"])
            else:
                assert subject["name"] not in found
                found[subject["name"]] = role
    assert members == {user for user, role in found.items() if role == "edit"}
    return found


def let_in(manifest: "Manifest", namespace: str = "team") -> set[str]:
    """Users whose requests for notebooks pass, by the policies."""
    return {
        user
        for policy in manifest.kind("AuthorizationPolicy")
        if policy["metadata"]["namespace"] == namespace
        for user in policy["spec"]["rules"][0]["when"][0]["values"]
    }


@pytest.fixture(scope="module")
def recorded(project_root: Path) -> Any:
    """What access-management really made for contributors."""
    file = project_root / "tests/fixtures/recorded/kfam/contributors.json"
    return json.loads(file.read_text())["createdObjects"]


def test_bindings_are_those_that_access_management_makes(teams: "Teams", recorded: Any) -> None:
    """The dashboard lists a member whose binding has this name and these annotations."""
    compared = 0
    for made in recorded["RoleBinding"]:
        (subject,) = made["subjects"]
        role = made["metadata"]["annotations"]["role"]
        if subject["kind"] != "User" or role not in ("edit", "view"):
            continue
        user = subject["name"].lower()
        manifest = teams({"team": team(members={user: role})})
        ours = manifest.get("RoleBinding", made["metadata"]["name"], "team")
        assert binding_name(user, role) == made["metadata"]["name"]
        assert ours["metadata"]["annotations"] == {"role": role, "user": user}
        assert ours["roleRef"] == made["roleRef"]
        assert ours["subjects"] == [subject | {"name": user}]
        compared += 1
    assert compared == 2


def test_policies_are_those_that_access_management_makes(teams: "Teams", recorded: Any) -> None:
    (made,) = (
        each
        for each in recorded["AuthorizationPolicy"]
        if each["metadata"]["name"] == "user-bob-smith-example-com-clusterrole-edit"
    )
    manifest = teams({"team": team(members={"bob.smith@example.com": "edit"})})
    ours = manifest.get("AuthorizationPolicy", made["metadata"]["name"], "team")
    user = made["metadata"]["annotations"]["user"]
    assert ours["metadata"]["annotations"] == {"role": "edit", "user": user.lower()}
    (theirs,) = made["spec"]["rules"]
    (rule,) = ours["spec"]["rules"]
    assert rule["when"] == [{**theirs["when"][0], "values": [user.lower()]}]
    # The Kubeflow Pipelines UI is not part of the platform, and is not let in.
    assert rule["from"] == [{"source": {"principals": [GATEWAY]}}]
    assert GATEWAY in theirs["from"][0]["source"]["principals"]


@pytest.mark.parametrize(
    "user",
    [
        "a.b@example.com",
        "a_b+c@sub.example.com",
        "_.-+@x",
        "0@1",
        "very.long-name_with+all@of-the.characters.example",
    ],
)
def test_names_are_the_generators(teams: "Teams", user: str) -> None:
    manifest = teams({"team": team(members={user: "edit"})})
    name = binding_name(user, "edit")
    assert manifest.get("RoleBinding", name)
    assert manifest.get("AuthorizationPolicy", name)


def test_whoever_may_only_view_opens_no_notebook(teams: "Teams") -> None:
    """Whoever reaches a notebook runs code as its service account."""
    manifest = teams({"team": team(members={"bob@b.c": "edit", "eve@b.c": "view"})})
    assert bound(manifest) == {"bob@b.c": "edit", "eve@b.c": "view"}
    assert let_in(manifest) == {"bob@b.c"}


def test_what_a_tenant_says_of_a_user_wins_over_groups(teams: "Teams") -> None:
    groups = {"staff": ["bob@b.c", "eve@b.c"], "guests": ["bob@b.c", "eve@b.c", "tim@b.c"]}
    own = team(members={"eve@b.c": "view"}, groups={"staff": "edit", "guests": "view"})
    manifest = teams({"team": own}, values={"groups": groups})
    # Of two groups, edit wins.
    assert bound(manifest) == {"bob@b.c": "edit", "eve@b.c": "view", "tim@b.c": "view"}
    assert let_in(manifest) == {"bob@b.c"}


def test_a_member_may_be_raised_over_their_group(teams: "Teams") -> None:
    own = team(members={"eve@b.c": "edit"}, groups={"guests": "view"})
    manifest = teams({"team": own}, values={"groups": {"guests": ["eve@b.c"]}})
    assert bound(manifest) == {"eve@b.c": "edit"}


def test_the_owner_needs_no_binding_through_a_group(teams: "Teams") -> None:
    own = team(groups={"staff": "edit"})
    manifest = teams({"team": own}, values={"groups": {"staff": [OWNER, "bob@b.c"]}})
    assert bound(manifest) == {"bob@b.c": "edit"}


def test_the_same_user_in_two_tenants_is_two_members(teams: "Teams") -> None:
    manifest = teams({name: team(members={"bob@b.c": "edit"}) for name in ("one", "two")})
    assert bound(manifest, "one") == bound(manifest, "two") == {"bob@b.c": "edit"}


def test_chart_and_generator_agree_on_members(teams: "Teams") -> None:
    chosen = random.Random(3)  # noqa: S311
    users = [OWNER, *(f"u{number}@b.c" for number in range(12))]
    groups = {f"g{number}": chosen.sample(users, chosen.randint(0, 6)) for number in range(8)}
    tenants = {
        f"t{number}": team(
            members={
                user: chosen.choice(["edit", "view"])
                for user in chosen.sample(users[1:], chosen.randint(0, 4))
            },
            groups={
                group: chosen.choice(["edit", "view"])
                for group in chosen.sample(sorted(groups), chosen.randint(0, 4))
            },
            state=chosen.choice(["active", "active", "archived"]),
        )
        for number in range(80)
    }
    manifest = teams(tenants, values={"groups": groups})
    for name, tenant in tenants.items():
        expected = members(groups, tenant)
        assert bound(manifest, name) == expected
        assert let_in(manifest, name) == {user for user in expected if expected[user] == "edit"}


def test_vault_says_who_may_enter(tenants: dict[str, "Manifest"]) -> None:
    manifest = tenants["vault"]
    assert bound(manifest, "rates") == {
        "barbara@vault.example.com": "edit",
        "edsger@vault.example.com": "edit",
        "katherine@vault.example.com": "view",
        "tim@vault.example.com": "view",
    }
    assert bound(manifest, "fraud-2024") == {}
