"""What `doctor` shows: this machine's health, each missing thing with what to do."""

from __future__ import annotations

from afterburner.core.health import Check, Health, Noise, TierHealth
from afterburner.report import quantities
from afterburner.report.page import Page, Piece, Style

_MARKS: dict[str, tuple[str, Style]] = {"ok": ("ok", "good"), "note": ("note", "warn"), "missing": ("missing", "bad")}


def page(health: Health, width: int = 80) -> Page:
    """Checks, sandbox tiers with their canaries, noise, and the sum of it."""
    written = Page(width)
    for check in health.checks:
        _check(written, check)
    for tier in health.tiers:
        _tier(written, tier)
    if health.noise:
        _noise(written, health.noise)
    written.blank()
    if health.missing:
        names = ", ".join(check.name for check in health.missing)
        written.sentence(f"Afterburner cannot work here yet: {names}.", style="bad")
    else:
        written.sentence("Everything that the main job needs is here.", style="good")
    return written


def _check(page: Page, check: Check) -> None:
    mark, style = _MARKS[check.state]
    page.line(Piece(f"{mark:<8}", style), Piece(f"{check.name:<14}", "bold"), Piece(check.found))
    if check.remedy:
        page.sentence(check.remedy, " " * 22)


def _tier(page: Page, tier: TierHealth) -> None:
    page.heading(f"Sandbox tier {tier.name}", "used" if tier.used else "not used")
    if tier.problem:
        page.sentence(f"{tier.problem[:1].upper()}{tier.problem[1:]}.", "  ", style="warn")
    for canary in tier.canaries:
        style = _MARKS["ok" if canary.held else "missing"][1]
        answer = f"refused ({canary.detail})" if canary.held else f"POSSIBLE ({canary.detail})"
        page.line(Piece(f"  {'held' if canary.held else 'escaped':<8}", style), Piece(f"{canary.attack}: {answer}"))


def _noise(page: Page, noise: Noise) -> None:
    page.heading("Noise", "one function compared with itself")
    page.sentence(
        f"Ratio {noise.ratio:.3f} ({noise.lower:.3f} to {noise.upper:.3f}) over "
        f"{quantities.grouped(noise.launches)} launches; their medians scatter by {noise.launch_scatter:.1%}. "
        f"{_meaning(noise)}",
        "  ",
    )


def _meaning(noise: Noise) -> str:
    if noise.launch_scatter > 0.05:
        return "That is a lot: close other programs; small speed-ups will be called too noisy."
    if noise.launch_scatter > 0.02:
        return "Speed-ups of a few per cent will not be shown here."
    return "Small speed-ups can be shown here."
