"""Patterns that mean the same to Helm (RE2) and to Python."""

import re
from functools import lru_cache

MOST_REPETITIONS = 32
"""Highest number in a counted repetition: RE2 unrolls them, `{0,253}` costs 135 MiB a call."""

_REFUSED = (
    (r"\(\?", "a group that is not a plain one"),
    (r"\\[^.\\/+*?()\[\]{}^$|-]", "an escape other than that of a punctuation mark"),
    (r"[*+?}][+?]", "a lazy or possessive repetition"),
    (r"\[\[:|&&|\|\||~~|--", "a character class that the two dialects read differently"),
)
"""What is written alike and means something else, or nothing, in one of the two."""


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    r"""The Python form of a pattern that ends in `$`.

    In Python `$` also matches before a newline at the end of the text; in RE2 it does not.
    """
    return re.compile(pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern)


def fits(pattern: str, text: str) -> bool:
    """Whether `text` is one that `pattern` describes, as Helm decides it."""
    return compiled(pattern).search(text) is not None


def faults(pattern: str) -> list[str]:
    """Why `pattern` must not be used in the schema, nothing if it may."""
    found = []
    if not (pattern.startswith("^") and pattern.endswith("$")) or pattern.endswith(r"\$"):
        found.append("does not reach from ^ to $")
    found += [f"has {what}" for expression, what in _REFUSED if re.search(expression, pattern)]
    if _splits_at_top(pattern):
        found.append("has an alternative outside of a group, which ^ and $ do not enclose")
    if "$" in pattern[1:-1].replace(r"\$", "") or "^" in pattern[1:].replace("[^", ""):
        found.append("has an anchor in its middle")
    for low, high in re.findall(r"\{([0-9]*)(?:,([0-9]*))?\}", pattern):
        if max(int(low or 0), int(high or 0)) > MOST_REPETITIONS:
            found.append(f"counts further than {MOST_REPETITIONS}; use maxLength")
    return found


def _splits_at_top(pattern: str) -> bool:
    depth = 0
    bare = re.sub(r"\\.|\[\^?\]?[^\]]*\]", "", pattern)
    for character in bare:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "|" and depth == 0:
            return True
    return False
