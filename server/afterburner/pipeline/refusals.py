"""Why a rewrite is refused without a counterexample: by what was read in it, or because it does not belong here."""

from __future__ import annotations

from collections.abc import Sequence

from afterburner.core.finding import Finding
from afterburner.core.lacking import wanting
from afterburner.core.rewrite import Rewrite
from afterburner.core.target import Target
from afterburner.core.verdict import Different, Inconclusive
from afterburner.pipeline.differences import Split

UNVERIFIABLE_CODES = frozenset({"import", "third-party", "introspection", "dynamic", "threads"})
UNVERIFIABLE_CODES |= {"dunder", "import-side-effect", "metaclass", "module-control-flow", "wrapped"}
"""Findings that say what we cannot check, rather than that behaviour changed."""

FLATTERING_CODES = frozenset({"attribute-state", "cache", "decorator", "default-state", "import-time", "module-state"})
FLATTERING_CODES |= {"new-state", "table"}
"""Findings of what outlives a call: results may well be the same, but times of repeated calls say nothing."""

_MISFITS = 3
"""Calls that all have to end in a TypeError in another module of the package before a rewrite does not fit to it."""
_SHOWN = 3


def refused(findings: Sequence[Finding]) -> Different | Inconclusive | None:
    """The verdict that reading alone gives; None when the rewrite may run."""
    rejected = [f for f in findings if f.severity == "reject"]
    if not rejected:
        return None
    lasting = [f for f in rejected if f.code in FLATTERING_CODES]
    changed = [f for f in rejected if f.code not in UNVERIFIABLE_CODES | FLATTERING_CODES]
    reason = "; ".join(dict.fromkeys(f.message for f in (changed or lasting or rejected)[:_SHOWN]))
    if changed:
        return Different(f"It {reason}." if reason[0].islower() else f"{reason}.")
    if lasting:
        return Inconclusive(
            f"It {reason}: a measurement of calls would flatter it.",
            "Whether state may outlive a call is for people to decide: nothing was run.",
        )
    return Inconclusive(f"Not verifiable: it {reason}.", "Such code could reach outside what is compared.")


def out_of_place(target: Target, rewrite: Rewrite, ordinary: Sequence[Split]) -> Inconclusive | None:
    """The verdict where ordinary calls fail for want of something that should have come with it."""
    wants = [s.lacking for s in ordinary if s.lacking and wanting(s.lacking, target.source, rewrite.source)]
    misfits = [s.misfit for s in ordinary if s.misfit and _beside(target, s.raised_in)]
    if wants:  # then the other differences are none of what its author meant either
        return _alone(wants[0])
    return _alone(misfits[0]) if len(misfits) == len(ordinary) >= _MISFITS else None


def _alone(wanted: str) -> Inconclusive:
    return Inconclusive(
        f"The rewrite cannot be put in place alone: {wanted}.",
        "It needs other changes, of the module or of others, that came with it.",
    )


def _beside(target: Target, module: str) -> bool:
    """Whether a module is another one of the target's package."""
    return module != target.module and module.startswith(f"{target.module.partition('.')[0]}.")
