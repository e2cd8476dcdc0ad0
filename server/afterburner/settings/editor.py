"""The settings that an editor sends, section `afterburner`: the table that `package.json` is generated from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from afterburner.settings.files import closest

_CLIENT: dict[str, Any] = {"client": True}
"""Marks what only the editor's own side reads; the server takes it and does nothing with it."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=to_camel)


class Tests(_Table):
    """Settings under `afterburner.tests`."""

    run: Literal["ask", "always", "never"] = Field(
        default="ask",
        description="Whether the project's own tests may run outside the sandbox, as you run them, to see real calls: "
        "asked once for each project, always, or never.",
    )


class Switch(_Table):
    """Something that can be turned off."""

    enable: bool = Field(default=True, description="Whether it is shown.")


class CodeLens(Switch):
    """Settings under `afterburner.codeLens`."""

    enable: bool = Field(default=True, description="Show results and running jobs above functions.")


class Hover(Switch):
    """Settings under `afterburner.hover`."""

    enable: bool = Field(default=True, description="Show numbers and evidence when hovering over a function's name.")


class Diagnostics(Switch):
    """Settings under `afterburner.diagnostics`."""

    enable: bool = Field(default=True, description="Point out slow patterns that are seen by reading alone.")
    ignore: list[str] = Field(default_factory=list, description="Rules whose findings are not shown.")


class Trace(_Table):
    """Settings under `afterburner.trace`."""

    server: Literal["off", "messages", "verbose"] = Field(
        default="off", description="Log what editor and server say to each other.", json_schema_extra=_CLIENT
    )


class EditorTable(_Table):
    """Everything under `afterburner`."""

    interpreter: str | None = Field(
        default=None,
        description="The Python that runs your code. Without it: the one chosen in the editor, else the project's "
        ".venv, VIRTUAL_ENV, PATH.",
    )
    profile: str | None = Field(
        default=None,
        description="What to optimise for and what may be spent: balanced, fast, thorough, memory, offline.",
    )
    sandbox: Literal["auto", "full"] = Field(
        default="auto", description="The weakest sandbox that is accepted; `full` needs bubblewrap."
    )
    tests: Tests = Field(default_factory=Tests)
    code_lens: CodeLens = Field(default_factory=CodeLens)
    hover: Hover = Field(default_factory=Hover)
    diagnostics: Diagnostics = Field(default_factory=Diagnostics)
    import_strategy: Literal["fromEnvironment", "useBundled"] = Field(
        default="useBundled",
        description="Where the server comes from: the environment of `serverInterpreter`, or the extension's own.",
        json_schema_extra=_CLIENT,
    )
    server_interpreter: str | None = Field(
        default=None, description="The Python (3.11 or newer) that runs the server itself.", json_schema_extra=_CLIENT
    )
    path: list[str] | None = Field(
        default=None, description="The command that starts the server, instead of any other.", json_schema_extra=_CLIENT
    )
    wheelhouse: str | None = Field(
        default=None,
        description="A folder of wheels to install the server from, on a machine without a network.",
        json_schema_extra=_CLIENT,
    )
    log_level: Literal["error", "warning", "info", "debug"] = Field(
        default="info", description="How much the server writes to its log.", json_schema_extra=_CLIENT
    )
    trace: Trace = Field(default_factory=Trace, json_schema_extra=_CLIENT)


def read(data: object) -> tuple[EditorTable, tuple[str, ...]]:
    """The settings in what a client sent, and a sentence for each value in it that is not used."""
    if data is None or data == "":
        return EditorTable(), ()
    if not isinstance(data, Mapping):
        return EditorTable(), ("The settings of `afterburner` are not a table; the defaults hold.",)
    table = _nested(data)
    problems: list[str] = []
    for _ in range(100):  # each round drops one value, and a table has fewer
        try:
            return EditorTable.model_validate(table), tuple(problems)
        except ValidationError as error:
            first = error.errors()[0]
            path = [str(part) for part in first["loc"]]
            problems.append(_sentence(path, first["type"], first["msg"]))
            _drop(table, path)
    return EditorTable(), tuple(problems)


def _nested(data: Mapping[Any, Any]) -> dict[str, Any]:
    """A copy in which `{"tests.run": …}` stands as `{"tests": {"run": …}}`; null means: not set."""
    table: dict[str, Any] = {}
    for name, value in data.items():
        if value is None:
            continue
        *outer, last = str(name).split(".")
        place = table
        for part in outer:
            inner = place.setdefault(part, {})
            place = inner if isinstance(inner, dict) else {}
        if isinstance(value, Mapping):
            known = place.get(last)
            place[last] = {**(known if isinstance(known, dict) else {}), **_nested(value)}
        else:
            place[last] = value
    return table


def _sentence(path: list[str], kind: str, message: str) -> str:
    name = ".".join(["afterburner", *path])
    if kind == "extra_forbidden":
        return f"There is no setting `{name}`. {closest(path[-1], list(_siblings(path)))}"
    return f"The setting `{name}` is not used: {message[:1].lower()}{message[1:]}."


def _siblings(path: list[str]) -> Iterator[str]:
    table: type[BaseModel] = EditorTable
    for part in path[:-1]:
        field = next((f for f in table.model_fields.values() if f.alias == part), None)
        inner = field.annotation if field else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return
        table = inner
    yield from sorted(field.alias or name for name, field in table.model_fields.items())


def _drop(table: dict[str, Any], path: list[str]) -> None:
    """Remove the value that a path leads to, or the nearest one above that is no table."""
    place = table
    for part in path[:-1]:
        inner = place.get(part)
        if not isinstance(inner, dict):
            place.pop(part, None)
            return
        place = inner
    place.pop(path[-1], None)
