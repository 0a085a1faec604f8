"""The templates of a digest: those of the package, and over them what a config directory brings.

Own templates may look different, not do more: they run in a sandbox, see one page and nothing of the
program, and can include only each other and the shipped ones.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import TracebackType

from jinja2 import (
    ChoiceLoader,
    Environment,
    FunctionLoader,
    PackageLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from watcher.digest.view import Page
from watcher.errors import WatcherError
from watcher.model import DigestFormat

# Formats that have a template of this name, if only an own one: txt and md are shipped as code.
NAMES: Mapping[DigestFormat, str] = {
    "html": "digest.html.j2",
    "txt": "digest.txt.j2",
    "md": "digest.md.j2",
}
# What a template can raise beside jinja2's own errors: {{ 1 / 0 }}, {{ page.title + 1 }}, {{ [][3] }}.
_FAULTS = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


@dataclass(frozen=True, slots=True)
class Templates:
    """What the config directory brings, by name; hashable, so that compiled templates are kept."""

    own: tuple[tuple[str, str], ...] = ()

    def brings(self, name: str) -> bool:
        """Whether there is an own template of that name."""
        return any(name == each for each, _ in self.own)


SHIPPED = Templates()


class TemplateFault(WatcherError):  # noqa: N818  (a fault of the template's author, told as one)
    """An own template does not work; `name`, `line` and `what` say where and why."""

    def __init__(self, name: str, line: int | None, what: str) -> None:
        super().__init__(f"templates/{name}{f', line {line}' if line else ''}: {what}")
        self.name, self.line, self.what = name, line, what


@dataclass(frozen=True, slots=True)
class Shortened:
    """How many items and how many leads of them a page shows, of how many in all."""

    items: int
    leads: int
    total: int = field(default=0)


def fill(templates: Templates, form: DigestFormat, page: Page, shown: Shortened) -> str:
    """The page in that format. Raises TemplateFault where an own template does not work."""
    try:
        return _template(templates, NAMES[form]).render(
            page=page, items=shown.items, leads=shown.leads, total=shown.total
        )
    except TemplateSyntaxError as error:
        raise TemplateFault(error.name or NAMES[form], error.lineno, error.message or "syntax") from error
    except _FAULTS as error:
        # A shipped page that misses something in own parts: the fault is theirs.
        suspect = next((name for name, _ in templates.own), NAMES[form])
        name, line = _place(error.__traceback__, templates) or (suspect, None)
        raise TemplateFault(name, line, str(error) or type(error).__name__) from error


def faults(templates: Templates, pages: Mapping[str, Page]) -> Iterator[TemplateFault]:
    """What is wrong with each own template: its syntax, and what filling in these pages brings to light."""
    broken: set[str] = set()
    for name, source in templates.own:
        try:
            _environment(templates).parse(source, name, name)
        except TemplateSyntaxError as error:
            broken.add(name)
            yield TemplateFault(name, error.lineno, error.message or "syntax")
    if broken:
        return
    for form, name in NAMES.items():
        if not (templates.brings(name) or (form == "html" and templates.own)):
            continue
        for page in pages.values():
            count = sum(len(section.cards) for section in page.sections)
            try:
                fill(templates, form, page, Shortened(count, count, count))
            except TemplateFault as fault:
                yield fault
                break


@cache
def _template(templates: Templates, name: str) -> Template:
    return _environment(templates).get_template(name)


@cache
def _environment(templates: Templates) -> Environment:
    own = dict(templates.own)

    def load(name: str) -> tuple[str, str, None] | None:
        return (own[name], name, None) if name in own else None

    # What is shipped needs no fence around it, which is half of what filling it in costs.
    kind = ImmutableSandboxedEnvironment if own else Environment
    return kind(
        loader=ChoiceLoader([FunctionLoader(load), PackageLoader("watcher.digest")]),
        # By jinja2's own rule it would be off: select_autoescape does not know "digest.html.j2".
        autoescape=lambda name: name is None or ".html" in name,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def _place(trace: TracebackType | None, templates: Templates) -> tuple[str, int] | None:
    """The own template and its line at which something was raised; the innermost of several."""
    found = None
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if templates.brings(file):
            found = file, trace.tb_lineno
        trace = trace.tb_next
    return found
