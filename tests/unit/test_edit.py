"""Edits change the keys that are meant and leave every other line as it was, byte for byte."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.diagnostics import Path
from carrel.yamlio.edit import KEPT, Change, Refused, edit, meant, same
from carrel.yamlio.reader import read_values

SITE = """\
# The site's own head.
site:
  name: lab   # as its folder
  platform: vanilla

# Nobody needs more.
notebooks:
  # Four hours.
  idle: 240  # minutes
    # and a remark on that
  # Their sizes.
  sizes:
    small: {cpu: 0.5, memory: 1Gi}
    'large': {cpu: 2, "memory": 4Gi}  # for two

  text: |
    # no comment

      deeper
  groups:
  - old: 1
    name: a
  - # alone
    old: 2
  - old: 3
"""


def edited(text: str, *changes: Change) -> str:
    return edit(text.encode(), changes).decode()


def difference(before: str, after: str) -> tuple[list[str], list[str]]:
    """Lines that only one of two texts has."""
    old, new = before.splitlines(), after.splitlines()
    gone = [line for line in old if line not in new]
    return gone, [line for line in new if line not in old]


def refusal(text: str, *changes: Change) -> str:
    with pytest.raises(Refused) as caught:
        edited(text, *changes)
    return str(caught.value)


def test_no_change_is_no_change() -> None:
    assert edited("a:   1 # odd\r\n\tb") == "a:   1 # odd\r\n\tb"


def test_a_key_is_renamed_in_its_place() -> None:
    after = edited(SITE, Change(("notebooks", "idle"), ("notebooks", "idleMinutes")))

    assert difference(SITE, after) == (
        ["  idle: 240  # minutes"],
        ["  idleMinutes: 240  # minutes"],
    )


@pytest.mark.parametrize(
    ("path", "to", "line"),
    [
        (("notebooks", "sizes", "large"), "big", "    'big': {cpu: 2, \"memory\": 4Gi}  # for two"),
        (
            ("notebooks", "sizes", "large", "memory"),
            "ram",
            "    'large': {cpu: 2, \"ram\": 4Gi}  # for two",
        ),
        (("notebooks", "sizes", "small", "cpu"), "on", '    small: {"on": 0.5, memory: 1Gi}'),
    ],
)
def test_a_renamed_key_keeps_its_quotes_or_gets_those_it_needs(
    path: Path, to: str, line: str
) -> None:
    assert line in edited(SITE, Change(path, (*path[:-1], to))).splitlines()


@pytest.mark.parametrize(
    ("value", "old", "line"),
    [
        ("other", "platform: vanilla", "  platform: other"),
        ("on", "platform: vanilla", '  platform: "on"'),
        (True, "platform: vanilla", "  platform: true"),
        ("it's", "platform: 'vanilla'", "  platform: 'it''s'"),
        ('a "b"', 'platform: "vanilla"', '  platform: "a \\"b\\""'),
        ("a\nb", "platform: vanilla", '  platform: "a\\nb"'),
        (1.5, "platform:", "  platform: 1.5"),
        ("x", "platform: >-\n    van\n\n    illa", "  platform: x"),
    ],
)
def test_a_value_is_replaced_in_the_quotes_it_had(value: object, old: str, line: str) -> None:
    text = SITE.replace("platform: vanilla", old)
    path = ("site", "platform")

    after = edited(text, Change(path, path, value))

    assert after == SITE.replace("  platform: vanilla", line)


def test_a_removed_key_takes_its_own_comments_and_leaves_the_next_key_its_own() -> None:
    after = edited(SITE, Change(("notebooks", "idle"), None))

    assert difference(SITE, after) == (
        ["  # Four hours.", "  idle: 240  # minutes", "    # and a remark on that"],
        [],
    )


def test_the_head_of_a_file_stays_when_its_first_key_goes() -> None:
    after = edited(SITE, Change(("site",), None))

    assert after.startswith("# The site's own head.\n\n# Nobody needs more.\nnotebooks:\n")


def test_a_comment_that_is_text_stays_text() -> None:
    text = 'a: "x\n# y"\nb: 1\n'

    assert edited(text, Change(("b",), None)) == 'a: "x\n# y"\n'


def test_a_block_that_is_left_empty_goes_unless_it_is_to_stay() -> None:
    text = "a:\n  b: # why\n    # own\n    c: 1\n  d: 2\n"
    path = ("a", "b", "c")

    assert edited(text, Change(path, None)) == "a:\n  d: 2\n"
    assert edited(text, Change(path, None, kept=2)) == "a:\n  b: {} # why\n  d: 2\n"
    assert edited("a: {b: {c: 1}, d: 2}", Change(path, None)) == "a: {d: 2}"
    assert edited("a: {b: {c: 1}, d: 2}", Change(path, None, kept=2)) == "a: {b: {}, d: 2}"
    assert edited("# top\na:\n  b: {c: 1}\n", Change(path, None)) == "# top\n"


def test_two_changes_may_leave_a_block_empty_together() -> None:
    text = "a:\n  b: {x: 1}\n  c:\n    w: 2\n    z: 3\nd: 4\n"
    changes = [Change(("a", "b", "x"), None), Change(("a", "c", "w"), None)]

    after = edited(text, *changes, Change(("a", "c", "z"), ("d2", "z")))

    assert after == "d: 4\nd2:\n  z: 3\n"


def test_a_key_behind_the_dash_of_an_item_can_go() -> None:
    after = edited(
        SITE,
        Change(("notebooks", "groups", 0, "old"), None),
        Change(("notebooks", "groups", 1, "old"), ("notebooks", "groups", 1, "new")),
        Change(("notebooks", "groups", 2, "old"), None),
    )

    assert after.endswith("  groups:\n  - name: a\n  - # alone\n    new: 2\n  - {}\n")


def test_a_loose_comment_in_an_item_stays_when_its_keys_go() -> None:
    text = "l:\n- a: 1\n\n  # loose\n\n  # on b\n  b: 2\nm: 3\n"
    away = [Change(("l", 0, "a"), None, kept=2), Change(("l", 0, "b"), None, kept=2)]
    deeper = Change(("l", 0, "b"), ("l", 0, "c", "d"))

    assert edited(text, *away) == "l:\n- {}\n\n  # loose\n\nm: 3\n"
    assert edited(text, away[0], deeper) == (
        "l:\n-\n\n  # loose\n\n  c:\n    # on b\n    d: 2\nm: 3\n"
    )


def test_a_loose_comment_between_the_first_keys_of_an_item_stays_when_those_go() -> None:
    text = "l:\n- a: 1\n\n  # loose\n\n  b: 2\n  c: 3\nm: 4\n"
    away = [Change(("l", 0, "a"), None), Change(("l", 0, "b"), None)]

    assert edited(text, *away) == "l:\n-\n\n  # loose\n\n  c: 3\nm: 4\n"


def test_what_arrives_comes_before_the_key_that_follows() -> None:
    text = "a:\n  b: 1\nc: 2\n"
    changes = [Change(("a", "b"), ("a", "d", "e")), Change(("c",), ("f",))]

    assert edited(text, *changes) == "a:\n  d:\n    e: 1\nf: 2\n"


def test_the_comment_of_the_key_after_stays_when_the_key_behind_a_dash_goes() -> None:
    text = "l:\n- a: 1\n  # on b\n  b: 2\n"

    assert edited(text, Change(("l", 0, "a"), None)) == "l:\n-\n  # on b\n  b: 2\n"


def test_a_block_moves_with_its_comments_and_gets_the_indentation_of_its_new_place() -> None:
    after = edited(SITE, Change(("notebooks", "sizes"), ("limits", "of", "notebooks")))

    assert after.endswith(
        "limits:\n  of:\n    # Their sizes.\n    notebooks:\n"
        "      small: {cpu: 0.5, memory: 1Gi}\n"
        "      'large': {cpu: 2, \"memory\": 4Gi}  # for two\n"
    )
    gone, new = difference(SITE, after)
    assert [line.strip() for line in gone] == [
        "# Their sizes.",
        "sizes:",
        "small: {cpu: 0.5, memory: 1Gi}",
        "'large': {cpu: 2, \"memory\": 4Gi}  # for two",
    ]
    assert [line.strip() for line in new][:2] == ["limits:", "of:"]


def test_a_moved_text_of_several_lines_stays_the_same_text() -> None:
    for to in (("text",), ("a", "b", "c", "text"), ("site", "text")):
        after = edited(SITE, Change(("notebooks", "text"), to))
        document, _ = read_values(after.encode(), "")
        assert document is not None
        value: Any = document.values
        for step in to:
            value = value[step]
        assert value == "# no comment\n\n  deeper\n"


def test_a_key_moves_out_of_braces_and_into_them() -> None:
    out = edited(SITE, Change(("notebooks", "sizes", "small", "cpu"), ("site", "cpu")))
    assert "  platform: vanilla\n  cpu: 0.5\n" in out
    assert "    small: {memory: 1Gi}\n" in out

    into = edited(SITE, Change(("site", "platform"), ("notebooks", "sizes", "small", "for")))
    assert "    small: {cpu: 0.5, memory: 1Gi, for: vanilla}\n" in into

    deep = edited("a: {b: 1}\nc: {}\n", Change(("a", "b"), ("c", "d", "e")))
    assert deep == "c: {d: {e: 1}}\n"

    quoted = edited("a: x, y\nc: {z: 1}\n", Change(("a",), ("c", "d")))
    assert quoted == 'c: {z: 1, d: "x, y"}\n'


@pytest.mark.parametrize(
    ("text", "removed", "after"),
    [
        ("a: {b: 1, c: 2, d: 3}\n", "b", "a: {c: 2, d: 3}\n"),
        ("a: {b: 1, c: 2, d: 3}\n", "c", "a: {b: 1, d: 3}\n"),
        ("a: {b: 1, c: 2, d: 3 }\n", "cd", "a: {b: 1 }\n"),
        ("a: {b: 1, c: 2, d: 3,}\n", "d", "a: {b: 1, c: 2,}\n"),
        ("a: {b, c: 2, 'd': [1, {e: 2}]}\n", "bd", "a: {c: 2}\n"),
        (
            "a: {\n  b: 1,  # one\n  # two\n  c: 2,\n  d: 3\n}\n",
            "b",
            "a: {\n  # two\n  c: 2,\n  d: 3\n}\n",
        ),
        (
            "a: {\n  b: 1,  # one\n  # two\n  c: 2,\n  d: 3\n}\n",
            "c",
            "a: {\n  b: 1,  # one\n  d: 3\n}\n",
        ),
        ("a: {\n  b: 1,\n  c: 2,\n  d: 3\n}\n", "cd", "a: {\n  b: 1,\n}\n"),
        ("a: {\n  b: 1,\n  c: 2, d: 3}\n", "cd", "a: {\n  b: 1}\n"),
    ],
)
def test_keys_go_from_braces_with_their_commas(text: str, removed: str, after: str) -> None:
    assert edited(text, *(Change(("a", key), None) for key in removed)) == after


def test_line_ends_and_the_byte_order_mark_stay() -> None:
    text = "\ufeffa:\r\n  # own\r\n  b: 1\r\nc: 2\r\n"

    after = edited(text, Change(("a", "b"), ("d", "e")))

    assert after == "\ufeffc: 2\r\nd:\r\n  # own\r\n  e: 1\r\n"


def test_a_last_line_without_an_end_gets_one_only_when_something_follows() -> None:
    assert edited("a: 1\nb: 2", Change(("b",), ("c",))) == "a: 1\nc: 2"
    assert edited("b: 2\na: 1", Change(("b",), None)) == "a: 1"
    assert edited("b: 2\na: 1", Change(("b",), ("c", "d"))) == "a: 1\nc:\n  d: 2\n"


def test_anchors_may_stand_beside_what_changes() -> None:
    text = "a: &x {old: 1, b: 2}\nc: *x\nd: {<<: *x, e: 3}\n"
    both = [Change((key, "old"), (key, "new")) for key in "a"]

    for changes in (both, [*both, Change(("d", "e"), ("d", "f"))]):
        assert "change it by hand" in refusal(text, *changes)
    assert edited(text, Change(("d", "e"), ("d", "f"))) == text.replace("e: 3", "f: 3")


@pytest.mark.parametrize(
    ("text", "change", "said"),
    [
        (
            "a: &x {old: 1}\nc: *x\n",
            Change(("c", "old"), None),
            "line 2, column 4: c.old: it comes from an anchor",
        ),
        (
            "a: &x {old: 1}\nc: {<<: *x}\n",
            Change(("c", "old"), None),
            "line 2, column 4: c.old: it comes from an anchor",
        ),
        ("a: &x 1\n", Change(("a",), ("a",), 2), "line 1, column 4: a: the value has an anchor"),
        ("a: 1\nb: 2\n", Change(("a",), ("b",)), "line 1, column 1: a: b is set as well"),
        ("a: 1\nb: {c: 2}\n", Change(("a",), ("b", "c")), "a: b.c is set as well"),
        ("a: 1\nb: 2\n", Change(("a",), ("b", "c")), "its new place is b.c, and b is no map here"),
        ("a: 1\nb:\n", Change(("a",), ("b", "c")), "its new place is b.c, and b is no map here"),
        (
            "a:\n  x: 1\n  y: 2\nb: {c: 1}\n",
            Change(("a",), ("b", "a")),
            "line 4, column 4: b: comments and blocks have no place in brackets",
        ),
        ("? a\n: 1\nb: 2\n", Change(("a",), None), "only a person can change"),
        ("a: 1\x85b: 2\n", Change(("a",), None), "line breaks other than LF and CRLF"),
        ("a: &x 1\nb: *x\n", Change(("a",), None), "cannot be rewritten safely"),
        ("a: &x 1\nb: *x\n", Change(("a",), ("c", "d")), "cannot be rewritten safely"),
        ("a: &x\n  b: 1\n", Change(("a", "b"), None, kept=1), "only a person can change"),
        ("a: {b: 1}\n", Change(("a",), ("a", "c")), "changes its place itself"),
    ],
)
def test_what_cannot_be_done_safely_is_refused_at_its_place(
    text: str, change: Change, said: str
) -> None:
    assert said in refusal(text, change)


@dataclass
class Written:
    """A text that looks like what people write, and which lines say what.

    Attributes:
        lines: each with the path that it belongs to; of a comment, the one below it.
        keys: every path that leads to a key, with whether it stands in braces.
    """

    random: random.Random
    lines: list[tuple[Path, str]] = field(default_factory=list)
    keys: dict[Path, bool] = field(default_factory=dict)
    number: int = 0

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for _, line in self.lines)

    def fresh(self) -> int:
        self.number += 1
        return self.number

    def mapping(self, path: Path, pad: str, depth: int, first: str = "") -> None:
        for count in range(self.random.randint(1, 4)):
            name = f"{self.random.choice(['key', 'odd key', 'k.y'])}{self.fresh()}"
            quote = self.random.choice("'\"") if " " in name else self.random.choice(["", "'", '"'])
            here = (*path, name)
            self.keys[here] = False
            lead = first if first and not count else pad
            if not (first and not count):
                self.remarks(path, here, pad)
            self.value(here, f"{lead}{quote}{name}{quote}:", pad, depth)

    def remarks(self, path: Path, here: Path, pad: str) -> None:
        while self.random.random() < 0.3:
            self.lines += [(path, ""), (path, f"{pad}# lone {self.fresh()}"), (path, "")]
        while self.random.random() < 0.3:
            self.lines.append((here, f"{pad}# own {self.fresh()}"))

    def value(self, path: Path, head: str, pad: str, depth: int) -> None:
        tail = f"  # tail {self.fresh()}" if self.random.random() < 0.3 else ""
        kind = self.random.choice(["scalar", "scalar", "map", "map", "list", "flow", "block"])
        if kind in ("map", "list") and depth:
            self.lines.append((path, f"{head}{tail}"))
            inner = pad + " " * self.random.choice([2, 3, 4])
            if kind == "map":
                self.mapping(path, inner, depth - 1)
            else:
                dash = self.random.choice([pad, inner])
                for index in range(self.random.randint(1, 3)):
                    self.mapping((*path, index), f"{dash}  ", depth - 1, f"{dash}- ")
        elif kind == "flow":
            self.lines.append((path, f"{head} {self.flow(path, depth)}{tail}"))
        elif kind == "block":
            self.lines.append((path, f"{head} {self.random.choice(['|', '>-', '|2-'])}"))
            self.lines.append((path, f"{pad}  # text {self.fresh()}"))
            self.lines.append((path, ""))
            self.lines.append((path, f"{pad}  text {self.fresh()}"))
        else:
            self.lines.append((path, f"{head} {self.scalar()}{tail}"))

    def flow(self, path: Path, depth: int) -> str:
        entries = []
        for _ in range(self.random.randint(1, 3)):
            name = f"flow{self.fresh()}"
            self.keys[(*path, name)] = True
            below = self.random.random() < 0.3 and depth
            value = self.flow((*path, name), depth - 1) if below else self.scalar()
            entries.append(f"{name}: {value}")
        return "{" + ", ".join(entries) + "}"

    def scalar(self) -> str:
        number = self.fresh()
        return self.random.choice([f"{number}", f"'t {number}'", f'"t, {number}"', f"t/{number}"])

    def changes(self) -> Iterator[Change]:
        """Changes that do not get in each other's way."""
        taken: list[Path] = []
        paths = sorted(self.keys, key=str)
        self.random.shuffle(paths)
        for path in paths[: self.random.randint(1, 4)]:
            if any(path[: len(each)] == each or each[: len(path)] == path for each in taken):
                continue
            taken.append(path)
            kept = self.random.randint(0, len(path) - 1)
            to: Path | None = self.random.choice(
                [
                    None,
                    (*path[:-1], f"new{self.fresh()}"),
                    (f"new{self.fresh()}",),
                    (*path[:-1], f"new{self.fresh()}", "below", "it"),
                    ("shared", "block", f"new{self.fresh()}"),
                ]
            )
            yield Change(path, to, KEPT, kept)


def related(one: Path, other: Path) -> bool:
    """Whether one path lies at or below the other."""
    return one[: len(other)] == other


def leads(values: Any, path: Path) -> bool:
    """Whether there is a value at a path."""
    for step in path:
        if isinstance(values, dict) and step not in values:
            return False
        values = values[step]
    return True


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_any_edit_gives_what_is_meant_and_keeps_all_other_lines(seed: int) -> None:
    written = Written(random.Random(seed))  # noqa: S311
    written.lines.append(((), "# head"))
    written.lines.append(((), ""))
    written.mapping((), "", 3)
    document, found = read_values(written.text.encode(), "")
    assert document is not None, found
    changes = list(written.changes())

    try:
        after = edited(written.text, *changes)
    except Refused as refused:
        # A block cannot go into braces; nothing else here is beyond us.
        assert "no place in brackets" in refused.message  # noqa: PT017
        return

    wanted = meant(document.values, changes)
    reread, found = read_values(after.encode(), "")
    assert reread is not None, found
    assert same(reread.values, wanted)
    touched = [change.path for change in changes]
    # What is left empty goes as well, with its remarks.
    touched += [
        path[:length]
        for path in touched
        for length in range(1, len(path))
        if not leads(wanted, path[:length])
    ]
    lines = iter(after.split("\n"))
    for path, line in written.lines:
        if any(related(path, each) for each in touched):
            continue
        if any(related(each, path) for each in touched) and not line.lstrip().startswith("#"):
            continue
        # The second key of an item follows the dash when the first has gone.
        loose = any(
            len(each) > 1 and isinstance(each[-2], int) and related(path, each[:-1])
            for each in touched
        )
        assert any(
            line == each or (loose and line.lstrip() == each.lstrip(" -")) for each in lines
        ), (line, written.text, changes, after)
    moved = [change.path for change in changes if change.to is not None]
    for path, line in written.lines:
        if "#" in line and any(related(path, each) for each in moved):
            assert line[line.index("#") :] in after, (written.text, changes, after)
