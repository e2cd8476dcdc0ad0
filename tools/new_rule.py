"""Writes the two files of a new rule: the rule itself and its literate cases, both ready to be filled in."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GROUPS = ("container", "algorithm", "string", "numeric", "micro")

RULE = '''\
"""One sentence that says what becomes what, in the present tense.

Why it is slow
--------------
What the slow form does for each item, and how the work grows.

Example
-------
```python
def f(items):
    return [item for item in items]
```

becomes

```python
def f(items):
    return list(items)
```

When it changes behaviour
-------------------------
The precondition, as a user would check it: types, exceptions, order, aliases.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from afterburner.core.facts import Facts
from afterburner.core.rewrite import Rewrite, Safety
from afterburner.core.target import Target
from afterburner.rules._draft import Draft
from afterburner.rules._pattern import match_expression
from afterburner.rules._view import View

id = "{id}"
improves = "time"
safety = Safety.NEEDS_PROOF
group = "{group}"


def find(target: Target, facts: Facts) -> Iterator[Rewrite]:
    view = View(target, facts)
    for node in view.nodes(ast.ListComp):
        found = match_expression("[x for x in ITEMS]", node)
        if found:
            draft = Draft(target, id, safety)
            draft.replace(node, f"list({draft.text(found['ITEMS'])})")
            yield from draft.finish("what is different, in one line")
'''

CASES = """\
# {id}

<!-- fmt: off -->

What the cases below have in common. AFTERBURNER_UPDATE_RULES=1 writes the `after` blocks.

## The plain form

```python before
def f(items):
    return [item for item in items]
```

```python after
def f(items):
    return list(items)
```

```calls
f([3, 1, 2])
f([])
f(None)
```

## Not offered: say why

```python before
def f(items):
    return [item + 1 for item in items]
```
"""


def main(arguments: list[str] | None = None) -> int:
    """Writes both files and names them; 2 when the id is no kebab-case name or is taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("id", help="the rule's name in kebab case, such as count-counter")
    parser.add_argument("--group", choices=GROUPS, default="container", help="the family it belongs to")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository to write into (default: this one)")
    options = parser.parse_args(arguments)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", options.id):
        print(f"{options.id!r} is no name for a rule: use two or more lower-case words with dashes.", file=sys.stderr)
        return 2
    files = {
        options.root / "server/afterburner/rules" / f"{options.id.replace('-', '_')}.py": RULE,
        options.root / "tests/rules" / f"{options.id}.md": CASES,
    }
    for path in files:
        if path.exists():
            print(f"{path} exists already.", file=sys.stderr)
            return 2
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("{id}", options.id).replace("{group}", options.group), encoding="utf-8")
        print(path.relative_to(options.root))
    return 0


if __name__ == "__main__":
    sys.exit(main())
