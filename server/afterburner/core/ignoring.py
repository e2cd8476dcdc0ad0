"""Comments that say which slow patterns are not to be shown: `# afterburner: ignore[rule]`."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

_COMMENT = re.compile(r"#\s*afterburner:\s*(ignore(?:-file)?)\s*(?:\[([^\]]*)\])?")
_EVERY = frozenset({"*"})


@dataclass(frozen=True, slots=True)
class Ignored:
    """What a text's comments ignore; a set with `*` means every rule."""

    everywhere: AbstractSet[str] = frozenset()
    lines: Mapping[int, AbstractSet[str]] = field(default_factory=dict)

    def covers(self, rule: str, *lines: int) -> bool:
        """Whether a rule is ignored in the whole file, or on one of these lines."""
        sets = (self.everywhere, *(self.lines.get(line, frozenset()) for line in lines))
        return any(rule in found or "*" in found for found in sets)


def ignored(text: str, code_from: int) -> Ignored:
    """The comments of a text; `ignore-file` counts above line `code_from` only, where the code begins."""
    if "afterburner:" not in text:
        return Ignored()
    everywhere: frozenset[str] = frozenset()
    lines: dict[int, frozenset[str]] = {}
    for line, kind, rules in _comments(text):
        if kind == "ignore":
            lines[line] = rules
        elif line < code_from:
            everywhere |= rules
    return Ignored(everywhere, lines)


def _comments(text: str) -> list[tuple[int, str, frozenset[str]]]:
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            match = _COMMENT.search(token.string) if token.type == tokenize.COMMENT else None
            if match is not None:
                rules = frozenset(rule.strip() for rule in (match[2] or "").split(",")) - {""}
                found.append((token.start[0], match[1], rules or _EVERY))
    except (tokenize.TokenError, SyntaxError):  # what stands above the place still counts
        pass
    return found
