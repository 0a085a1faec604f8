"""A digest as a file of any format. A new format is one new file and one line in the table here."""

import re
from collections.abc import Callable, Mapping

from watcher.digest import atom, html, jsonform, markdown, txt
from watcher.digest.templates import NAMES, SHIPPED, Shortened, Templates, fill
from watcher.digest.view import page
from watcher.model import Digest, DigestFormat, RenderedFile

RENDERERS: Mapping[DigestFormat, Callable[[Digest], str]] = {
    "html": html.render,
    "txt": txt.render,
    "md": markdown.render,
    "json": jsonform.render,
    "atom": atom.render,
}


def render(digest: Digest, form: DigestFormat, templates: Templates = SHIPPED) -> RenderedFile:
    """The digest in that format, UTF-8; the same digest gives the same bytes and the same name.

    Raises TemplateFault where an own template does not work.
    """
    if form == "html":
        text = html.render(digest, templates)
    elif form in NAMES and templates.brings(NAMES[form]):
        text = fill(templates, form, page(digest), Shortened(digest.items, digest.items, digest.items))
    else:
        text = RENDERERS[form](digest)
    return RenderedFile(form, file_name(digest, form), text.encode())


def file_name(digest: Digest, form: DigestFormat) -> str:
    """The digest's name and the hour it is for, in its zone: "daily-2022-02-23-0800.html"."""
    stem = re.sub(r"[^\w-]+", "-", digest.name).strip("-") or "digest"
    return f"{stem[:80]}-{digest.until.astimezone(digest.timezone):%Y-%m-%d-%H%M}.{form}"
