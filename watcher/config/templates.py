"""Own templates of digests: read from `templates/` of the config directory, and tried before use."""

from collections.abc import Iterator
from pathlib import Path

from watcher.errors import Problem

_LARGEST = 1 << 20  # bytes; a template is a page

Own = tuple[tuple[str, str], ...]  # templates by name


def own_templates(directory: Path, problems: list[Problem]) -> Own:
    """The templates of a config directory; what is wrong with them is added to `problems`."""
    folder = directory / "templates"
    found: list[tuple[str, str]] = []
    for path in _in_folder(folder, problems):
        try:
            if path.stat().st_size > _LARGEST:
                problems.append(Problem(path, "", "is larger than 1 MB"))
                continue
            found.append((path.name, path.read_bytes().decode("utf-8-sig")))
        except UnicodeDecodeError:
            problems.append(Problem(path, "", "is not UTF-8", "save it as UTF-8"))
        except OSError as error:
            problems.append(Problem(path, "", f"cannot be read: {error.strerror}"))
    if found:
        problems += _faults(folder, tuple(found))
    return tuple(found)


def _faults(folder: Path, own: Own) -> Iterator[Problem]:
    # Loads jinja2, which polling has no other use for.
    from watcher.digest.example import PAGES  # noqa: PLC0415
    from watcher.digest.templates import NAMES, Templates, faults  # noqa: PLC0415

    templates = Templates(own)
    for fault in faults(templates, PAGES):
        where = f"line {fault.line}" if fault.line else ""
        yield Problem(folder / fault.name, where, fault.what)
    used = (*NAMES.values(), "parts.html.j2")
    if not any(map(templates.brings, used)):
        yield Problem(folder, "", "holds no template that a digest uses", f"name one {', '.join(used)}")


def _in_folder(folder: Path, problems: list[Problem]) -> list[Path]:
    try:
        return sorted(folder.glob("*.j2"))
    except OSError as error:
        problems.append(Problem(folder, "", f"cannot be read: {error.strerror}"))
        return []
