"""Own templates: they may look different, not do more; what is wrong is told by file and line."""

import pytest

from tests.unit.digest_samples import digest, item
from watcher.digest.example import PAGES
from watcher.digest.html import LONGEST
from watcher.digest.mail import letter
from watcher.digest.render import render
from watcher.digest.templates import SHIPPED, TemplateFault, Templates, faults
from watcher.errors import WatcherError


def own(**named: str) -> Templates:
    return Templates(tuple((f"{name}.j2", text) for name, text in named.items()))


HTML, TXT, PARTS = "digest.html", "digest.txt", "parts.html"


def test_an_own_page_takes_the_place_of_the_shipped_one() -> None:
    templates = own(
        **{HTML: "<p>{{ page.title }} {{ items }}/{{ total }}</p>", TXT: "{{ page.title }} & co\n"}
    )
    made = digest(item(), title="日报 <1>")
    assert render(made, "html", templates).body.decode() == "<p>日报 &lt;1&gt; 1/1</p>"
    assert render(made, "txt", templates).body.decode() == "日报 <1> & co\n"
    assert render(made, "md", templates) == render(made, "md")
    written = letter(made, "k", "a@example.org", templates=templates)
    assert written.page.startswith("<p>日报")


def test_own_parts_are_used_by_the_shipped_page() -> None:
    page = render(digest(item()), "html", own(**{PARTS: _shipped_parts().replace("要点", "今日看点")})).body
    assert "今日看点" in page.decode()


def test_an_own_page_stays_under_100_kb_as_well() -> None:
    templates = own(
        **{
            HTML: "{% for s in page.sections %}{% for c in s.cards if c.number <= items %}{{ c.title * 9 }}{% endfor %}{% endfor %}"
        }
    )
    many = digest(*(item(n) for n in range(1, 900)), max_items=900)
    assert 90_000 < len(render(many, "html", templates).body) < LONGEST


FAULTS = [
    ({HTML: "one\n{% if %}\n"}, "digest.html.j2", 2, "Expected an expression"),
    ({HTML: "one\ntwo\n{{ page.titel }}"}, "digest.html.j2", 3, "has no attribute 'titel'"),
    ({PARTS: "{% set font = '' %}{% macro heat(bars) %}\n{{ 1 / 0 }}{% endmacro %}{% macro preview(p) %}{% endmacro %}"}, "parts.html.j2", 2, "division"),
    ({TXT: "{{ page.sections[7].heading }}"}, "digest.txt.j2", 1, "no element 7"),
    ({TXT: "{% include 'nowhere' %}"}, "digest.txt.j2", 1, "nowhere"),
    ({TXT: "{{ page.bars + 1 }}"}, "digest.txt.j2", 1, "concatenate"),
    ({HTML: "{{ ''.__class__.__mro__ }}"}, "digest.html.j2", 1, "unsafe"),
    ({HTML: "{{ page.bars.append }}{{ x }}"}, "digest.html.j2", 1, ""),
]  # fmt: skip


@pytest.mark.parametrize(("named", "name", "line", "what"), FAULTS)
def test_faults_are_named_by_file_and_line(named: dict[str, str], name: str, line: int, what: str) -> None:
    (fault,) = faults(own(**named), PAGES)
    assert (fault.name, fault.line) == (name, line)
    assert what in fault.what
    assert f"templates/{name}, line {line}: " in str(fault)


def test_the_shipped_templates_have_no_faults() -> None:
    assert list(faults(SHIPPED, PAGES)) == []
    assert list(faults(own(**{PARTS: _shipped_parts(), "extra.html": "{{ page.title }}"}), PAGES)) == []


def test_a_fault_in_use_is_an_error_of_ours() -> None:
    with pytest.raises(TemplateFault, match=r"digest\.txt\.j2, line 1") as caught:
        render(digest(item()), "txt", own(**{TXT: "{{ nothing }}"}))
    assert isinstance(caught.value, WatcherError)


def _shipped_parts() -> str:
    from importlib.resources import files

    return (files("watcher.digest") / "templates" / "parts.html.j2").read_text("utf-8")
