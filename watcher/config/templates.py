"""Own templates of digests: read from `templates/` of the config directory, and tried before use."""

from pathlib import Path

from watcher.digest.example import PAGES
from watcher.digest.templates import NAMES, SHIPPED, Templates, faults
from watcher.errors import Problem

_LARGEST = 1 << 20  # bytes; a template is a page


def own_templates(directory: Path, problems: list[Problem]) -> Templates:
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
    templates = Templates(tuple(found)) if found else SHIPPED
    for fault in faults(templates, PAGES):
        where = f"line {fault.line}" if fault.line else ""
        problems.append(Problem(folder / fault.name, where, fault.what))
    if found and not any(templates.brings(name) for name in (*NAMES.values(), "parts.html.j2")):
        names = ", ".join((*NAMES.values(), "parts.html.j2"))
        problems.append(Problem(folder, "", "holds no template that a digest uses", f"name one {names}"))
    return templates


def _in_folder(folder: Path, problems: list[Problem]) -> list[Path]:
    try:
        return sorted(folder.glob("*.j2"))
    except OSError as error:
        problems.append(Problem(folder, "", f"cannot be read: {error.strerror}"))
        return []
