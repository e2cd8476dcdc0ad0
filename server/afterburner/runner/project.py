"""Where a file belongs: its project's root, the name it is imported under, and its text as bytes on disk."""

from __future__ import annotations

import io
import os
import tokenize
from dataclasses import dataclass
from pathlib import Path

from afterburner.core.errors import EnvironmentProblem, UsageError
from afterburner.core.source import Source

_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", ".git", ".hg")


@dataclass(frozen=True, slots=True)
class Project:
    """A file's surroundings."""

    file: Path
    root: Path
    """The nearest folder with a project file or repository, else the file's own folder."""
    import_root: Path
    """The folder from which the module is imported: the first one above that is no package."""
    module: str
    has_root: bool

    @property
    def path(self) -> list[str]:
        """What is put in front of `sys.path`."""
        return list(
            dict.fromkeys([str(self.import_root), str(self.root)] if self.has_root else [str(self.import_root)])
        )

    @property
    def readable(self) -> tuple[str, ...]:
        """Folders the sandbox must show; a home or root folder is never one of them."""
        folders = [self.root, self.import_root]
        wide = {Path("/"), Path.home(), Path("/tmp"), Path("/home"), *Path.home().parents}
        kept = [str(f) for f in folders if f not in wide]
        return tuple(dict.fromkeys([*kept, str(self.file)]))


def locate(file: Path) -> Project:
    """The surroundings of a file; nothing is imported or run."""
    file = file.absolute()
    import_root = file.parent
    while (import_root / "__init__.py").exists() and import_root.parent != import_root:
        import_root = import_root.parent
    parts = list(file.relative_to(import_root).with_suffix("").parts)
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    if parts == ["__main__"]:
        parts = ["main_module"]
    root = next((f for f in file.parents if any((f / mark).exists() for mark in _MARKS)), None)
    return Project(file, root or import_root, import_root, ".".join(parts), root is not None)


def read(path: Path) -> Source:
    """A Python file's text, with its line ends as they are; a sentence when it is not readable text."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise UsageError(
            f"There is no file {path}.", "Check the path; a function is named FILE::QUALNAME or FILE:LINE."
        ) from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder.", "Name one Python file in it.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", "Check its owner and mode.") from None
    return Source(str(path), decode(raw, str(path)))


def decode(raw: bytes, path: str) -> str:
    """Bytes to text as Python itself would: BOM, then coding line, then UTF-8."""
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(raw).readline)[0]
        text = raw.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise EnvironmentProblem(
            f"{path} is not readable as Python text: {error}.",
            "Save it as UTF-8, or declare its coding on the first line.",
        ) from None
    if "\0" in text:
        raise EnvironmentProblem(f"{path} holds NUL characters: it is not Python text.", "Save it as UTF-8.")
    return text


def write(path: Path, text: str) -> None:
    """Replace a file's text in its own encoding, at once or not at all; mode and line ends are kept."""
    encoding = tokenize.detect_encoding(io.BytesIO(path.read_bytes()).readline)[0]
    target = Path(os.path.realpath(path))
    if not target.stat().st_mode & 0o222 or not os.access(target, os.W_OK):  # replacing it would get around its mode
        raise PermissionError("it is read-only")
    temporary = target.with_name(f".{target.name}.afterburner-{os.getpid()}")
    try:
        temporary.write_bytes(text.encode(encoding))
        os.chmod(temporary, target.stat().st_mode & 0o7777)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
