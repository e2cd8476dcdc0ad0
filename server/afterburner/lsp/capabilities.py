"""What the client can do, resolved once into named booleans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lsprotocol import types

from afterburner.lsp.documents import ENCODINGS


@dataclass(frozen=True, slots=True)
class Client:
    """One client's capabilities; False for whatever it does not declare."""

    encoding: str = "utf-16"
    actions: bool = False
    """Code actions as literals, not only as commands."""
    resolves_edits: bool = False
    shows_disabled: bool = False
    knows_preferred: bool = False
    versioned_edits: bool = False
    annotates_edits: bool = False
    applies_edits: bool = False
    refreshes_lenses: bool = False
    pulls_diagnostics: bool = False
    refreshes_diagnostics: bool = False
    shows_diagnostics: bool = False
    """Those that are sent to it unasked."""
    versions_diagnostics: bool = False
    keeps_diagnostic_data: bool = False
    links_codes: bool = False
    markdown_hover: bool = False
    progress: bool = False
    documents: bool = False
    """`window/showDocument`."""
    configuration: bool = False
    registers_configuration: bool = False
    """Wants `workspace/didChangeConfiguration` to be registered dynamically."""
    asks_input: bool = False
    previews: bool = False
    server_status: bool = False

    @property
    def is_pushed(self) -> bool:
        """Whether diagnostics are sent to it: it shows them, and cannot ask."""
        return self.shows_diagnostics and not self.pulls_diagnostics

    @classmethod
    def of(cls, params: types.InitializeParams) -> Client:
        """The capabilities of an `initialize` request."""
        whole = params.capabilities
        text, workspace, window = whole.text_document, whole.workspace, whole.window
        action = _under(text, "code_action")
        edit = _under(workspace, "workspace_edit")
        ours = _experimental(whole.experimental, "afterburner")
        return cls(
            encoding=_encoding(_under(whole, "general", "position_encodings")),
            actions=_under(action, "code_action_literal_support") is not None,
            resolves_edits="edit" in (_under(action, "resolve_support", "properties") or ())
            and bool(_under(action, "data_support")),
            shows_disabled=bool(_under(action, "disabled_support")),
            knows_preferred=bool(_under(action, "is_preferred_support")),
            versioned_edits=bool(_under(edit, "document_changes")),
            annotates_edits=_under(edit, "change_annotation_support") is not None,
            applies_edits=bool(_under(workspace, "apply_edit")),
            refreshes_lenses=bool(_under(workspace, "code_lens", "refresh_support")),
            pulls_diagnostics=_under(text, "diagnostic") is not None,
            refreshes_diagnostics=bool(_under(workspace, "diagnostics", "refresh_support")),
            shows_diagnostics=_under(text, "publish_diagnostics") is not None,
            versions_diagnostics=bool(_under(text, "publish_diagnostics", "version_support")),
            keeps_diagnostic_data=bool(
                _under(text, "diagnostic", "data_support") or _under(text, "publish_diagnostics", "data_support")
            ),
            links_codes=bool(
                _under(text, "diagnostic", "code_description_support")
                or _under(text, "publish_diagnostics", "code_description_support")
            ),
            markdown_hover=types.MarkupKind.Markdown in (_under(text, "hover", "content_format") or ()),
            progress=bool(_under(window, "work_done_progress")),
            documents=bool(_under(window, "show_document", "support")),
            configuration=bool(_under(workspace, "configuration")),
            registers_configuration=bool(_under(workspace, "did_change_configuration", "dynamic_registration")),
            asks_input=bool(ours.get("askInput")),
            previews=bool(ours.get("preview")),
            server_status=bool(_member(whole.experimental, "serverStatusNotification")),
        )


def _under(value: Any, *names: str) -> Any:
    """An attribute of an attribute …; None as soon as one is absent."""
    for name in names:
        value = getattr(value, name, None)
    return value


def _encoding(offered: Sequence[str] | None) -> str:
    """The first of the client's encodings that is known; UTF-16 where it names none, as the protocol says."""
    known = [str(getattr(item, "value", item)) for item in offered or ()]
    return next((item for item in known if item in ENCODINGS), "utf-16")


def _experimental(value: Any, name: str) -> Mapping[str, Any]:
    found = _member(value, name)
    return found if isinstance(found, Mapping) else {}


def _member(value: Any, name: str) -> Any:
    """`experimental` is whatever the client sent: a mapping, or an object with attributes."""
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
