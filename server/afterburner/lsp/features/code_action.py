"""Code actions: what is proven can be applied, what is slow can be proven, and anything can be optimised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lsprotocol import types

from afterburner.core.found import Offer
from afterburner.lsp import convert
from afterburner.lsp.analysis import Reading
from afterburner.lsp.capabilities import Client
from afterburner.lsp.results import Result

if TYPE_CHECKING:
    from afterburner.core.outline import Outlined
    from afterburner.lsp.documents import Document
    from afterburner.lsp.session import Session

METHOD = types.TEXT_DOCUMENT_CODE_ACTION
OPTIMIZE = "refactor.rewrite.afterburner.optimize"
INPUT = "refactor.rewrite.afterburner.input"
APPLY = "refactor.rewrite.afterburner.apply"
PROVE = "quickfix.afterburner"


def options(client: Client) -> types.CodeActionOptions:
    return types.CodeActionOptions([OPTIMIZE, INPUT, APPLY, PROVE], resolve_provider=client.resolves_edits)


async def handle(session: Session, params: types.CodeActionParams) -> list[types.CodeAction | types.Command] | None:
    document = session.documents.get(params.text_document.uri)
    reading = await session.reading_soon(document) if document else None
    if document is None or reading is None:
        return None
    found = [*_fixes(session, document, reading, params)]
    function = reading.outline.at(params.range.start.line + 1)
    if function is not None:
        if session.client.resolves_edits or reading.version == document.version:
            found += _applying(session, document, function)
        if params.context.trigger_kind != types.CodeActionTriggerKind.Automatic:
            found += _starting(session, document, function)
    wanted = [action for action in found if _is_wanted(action, params.context.only)]
    return [shown for action in wanted if (shown := _as_shown(session, action)) is not None]


def _applying(session: Session, document: Document, function: Outlined) -> Iterator[types.CodeAction]:
    """An action for each offer that still holds."""
    result = session.result(document.uri, function)
    for number, offer in enumerate(result.offers if result else ()):
        assert result is not None
        yield _apply(session, document, result, offer, is_best=number == 0)


def _apply(session: Session, document: Document, result: Result, offer: Offer, *, is_best: bool) -> types.CodeAction:
    named = {"uri": document.uri, "qualname": result.qualname, "key": offer.key, "version": document.version}
    action = types.CodeAction(f"Afterburner: {offer.title}", APPLY)
    if session.client.knows_preferred and is_best and offer.is_strong:
        action.is_preferred = True
    if session.client.resolves_edits:
        action.data = named
        return action
    edits = result.edits(offer, document)
    if edits is not None:
        label = action.title
        action.edit = convert.workspace_edit(session.client, document, edits, label, to_confirm=not offer.is_strong)
    else:
        action.disabled = types.CodeActionDisabled("The text around it has changed; optimise it again.")
    return action


def _starting(session: Session, document: Document, function: Outlined) -> Iterator[types.CodeAction]:
    """Optimise it, with this profile or that; give an input; stop what runs."""
    name, named = function.name, {"uri": document.uri, "qualname": function.qualname}
    if session.jobs.of(document.uri, function.qualname) is not None:
        yield _command(f"Afterburner: stop optimising `{name}`", OPTIMIZE, "cancel", named)
        return
    why_not = "This workspace is not trusted." if session.trust.is_restricted else ""
    starts = [_command(f"Afterburner: optimize `{name}`", OPTIMIZE, "optimize", named)]
    for profile in session.profiles(document.uri):
        title = f"Afterburner: optimize `{name}` with profile {profile}"
        starts.append(_command(title, OPTIMIZE, "optimize", {**named, "profile": profile}))
    starts.append(_command(f"Afterburner: provide an input for `{name}`…", INPUT, "input", named))
    for action in starts:
        if why_not:
            action.command, action.disabled = None, types.CodeActionDisabled(why_not)
        yield action


def _fixes(
    session: Session, document: Document, reading: Reading, params: types.CodeActionParams
) -> Iterator[types.CodeAction]:
    """For each slow pattern in the range: prove that rule's rewrite, then apply it."""
    first, last = params.range.start.line + 1, params.range.end.line + 1
    table = session.settings(document.uri).diagnostics
    for pattern in reading.patterns_at(first, last) if table.enable and not session.trust.is_restricted else ():
        if pattern.rule not in table.ignore:
            named = {"uri": document.uri, "qualname": pattern.qualname, "rule": pattern.rule}
            action = _command(f"Afterburner: prove and apply `{pattern.rule}`", PROVE, "prove", named)
            action.diagnostics = [d for d in params.context.diagnostics if d.code == pattern.rule] or None
            yield action


def _command(title: str, kind: str, command: str, argument: dict[str, str]) -> types.CodeAction:
    return types.CodeAction(
        title, kind, command=types.Command(title, f"afterburner.server.{command}", arguments=[argument])
    )


def _is_wanted(action: types.CodeAction, only: Sequence[str] | None) -> bool:
    kinds = [str(getattr(kind, "value", kind)) for kind in only or ()]
    return not kinds or any(not kind or f"{action.kind}.".startswith(f"{kind}.") for kind in kinds)


def _as_shown(session: Session, action: types.CodeAction) -> types.CodeAction | types.Command | None:
    """The action as this client takes it; None where it could do nothing with it."""
    if not session.client.actions:
        return action.command
    return action if action.disabled is None or session.client.shows_disabled else None
