"""robots.txt as RFC 9309 has it: whose group counts, which rule wins, what stars and signs mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.fetch.robots import allows

SITE = "https://news.example.com"


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: watcher\nDisallow: /", "/a", False),
        ("user-AGENT : WATCHER/1.0\ndisallow : /", "/a", False),
        ("\ufeffUser-agent: *\r\nDisallow: /a\r\n", "/a/b", False),
        # our own group puts the one for everybody out of force, wherever it stands
        ("User-agent: *\nDisallow: /\n\nUser-agent: watcher\nDisallow: /x", "/a", True),
        ("User-agent: watcher\nDisallow: /x\n\nUser-agent: *\nDisallow: /", "/a", True),
        # several groups for one name are one; several names share one group
        ("User-agent: watcher\nDisallow: /a\n\nUser-agent: watcher\nDisallow: /b", "/b", False),
        ("User-agent: x\nUser-agent: watcher\nDisallow: /a", "/a", False),
        # RFC 9309, 2.2.2: the longest match, and allow in a draw
        ("User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b/c", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        # 2.2.3: stars and the end
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x=1", True),
        ("User-agent: *\nDisallow: /*?print=", "/a?print=1", False),
        ("User-agent: *\nDisallow: /a*b*c", "/a1b2", True),
        ("User-agent: *\nDisallow: /a$", "/a", False),
        ("User-agent: *\nDisallow: /a$", "/ab", True),
        ("User-agent: *\nDisallow: /*a$", "/aa", False),
        ("User-agent: *\nDisallow: /a*a$", "/a", True),
        ("User-agent: *\nDisallow: *", "/a", False),
        # percent-encoding is one thing, upper or lower case
        ("User-agent: *\nDisallow: /重庆", "/%E9%87%8D%E5%BA%86/1", False),
        ("User-agent: *\nDisallow: /%e9%87%8d", "/重庆", False),
        # what is no rule does no harm
        ("Disallow: /\nUser-agent: *\n# Disallow: /", "/a", True),
        ("User-agent: * # all\nDisallow: /a # not this", "/a", False),
        ("User-agent: *\nCrawl-delay: 9\nSitemap: /s.xml\nDisallow: /a", "/a", False),
        ("<html>404</html>", "/a", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
    ],
)
def test_allows(rules: str, path: str, *, allowed: bool) -> None:
    assert allows(rules, SITE + path) is allowed


def test_a_page_without_a_path_is_the_root() -> None:
    assert not allows("User-agent: *\nDisallow: /$", SITE)


@given(st.text(), st.text(max_size=50))
def test_any_text_gives_an_answer(rules: str, path: str) -> None:
    assert allows(f"User-agent: *\nDisallow: {rules}", SITE + "/" + path) in {True, False}


def test_many_stars_cost_little() -> None:
    assert allows("User-agent: *\nDisallow: /" + "*a" * 60 + "$", SITE + "/" + "a" * 20_000 + "b")
    assert not allows("User-agent: *\nDisallow: /" + "*a" * 5000 + "$", SITE + "/" + "a" * 20_000 + "b")
