"""Digests through the command line: a hostile feed, own templates, what did not fit, mail, alerts."""

import json
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import html5lib
import pytest
from markdown_it import MarkdownIt

from tests.flow.test_first_day import User
from tests.io.smtp_servers import Post, served
from tests.io.web import Site, site

HOSTILE = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>
<title>坏人\u202e报&lt;script&gt;</title>
<item><guid>1</guid><link>javascript:alert(1)</link>
<title>&lt;script&gt;alert(1)&lt;/script&gt;工业互联网标识解析\u202e节点</title>
<description>&lt;img src=x onerror=alert(2)&gt;重庆工业互联网标识解析二级节点上线，&lt;iframe src="//evil.example"&gt;&lt;/iframe&gt;企业上云。</description></item>
<item><guid>2</guid><link>https://bank.example@evil.example/</link>
<title>重庆工业互联网\r\nBcc: victim@example.org\r\n\r\n第二行</title>
<description>重庆工业互联网标识解析：{{ 7*7 }} {% include "x" %} [点我](javascript:alert(3)) ![](http://evil.example/p.gif)。</description></item>
<item><guid>3</guid><link>https://ok.example/3?a=1&amp;b="x"</link>
<title>重庆工业互联网标识解析""" + "长" * 10_000 + """</title>
<description>&lt;a href="data:text/html,x"&gt;重庆&lt;/a&gt;的工业互联网标识解析二级节点\ufeff\u200b新增三个，企业上云。</description></item>
</channel></rss>"""  # fmt: skip


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def user(tmp_path: Path, post: Post) -> Iterator[User]:
    """Somebody with a feed that wants them ill, two folders, and a mail server."""
    with site() as web, served(post) as port:
        web.shows("/feed", HOSTILE, "text/xml")
        _config(tmp_path, web, port)
        yield User(tmp_path)


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[User, Post]]:
    """The same after a poll and a digest of the last week."""
    home, box = tmp_path_factory.mktemp("sent"), Post()
    with site() as web, served(box) as port:
        web.shows("/feed", HOSTILE, "text/xml")
        _config(home, web, port)
        (home / "away").rmdir()
        user = User(home)
        user.says("poll")
        assert "daily: 2 items, 1 more for next time" in user.says("digest", "send", "daily", "--since", "7d")
        yield user, box


def _config(home: Path, web: Site, port: int) -> None:
    config = home / "config"
    config.mkdir()
    (home / "posts").mkdir()
    (home / "away").mkdir()
    (config / "watcher.toml").write_text(
        f'[watcher]\ncontact = "ops@example.org"\n[http]\nallow_private = ["{web.host}"]\n'
        f'[smtp]\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\nfrom = "日报 <w@example.org>"\n'
    )
    (config / "sources.toml").write_text(
        f'[[source]]\nid = "bad"\nkind = "feed"\nurl = "{web.url("/feed")}"\n'
        '[[source]]\nid = "posts"\nkind = "folder"\npath = "../posts"\n'
        '[[source]]\nid = "away"\nkind = "folder"\npath = "../away"\n'
    )
    (config / "digests.toml").write_text(
        '[[digest]]\nid = "daily"\ntitle = "日报"\nmax_items = 2\nbrowse = "http://127.0.0.1:8001"\n'
        '[[digest.deliver]]\nchannel = "file"\npath = "../out"\nformats = ["html", "txt", "md", "json", "atom"]\n'
        '[[digest.deliver]]\nchannel = "email"\nto = ["reader@example.org"]\n'
        '[[digest.deliver]]\nchannel = "file"\npath = "../ops"\nformats = ["txt"]\noperator = true\n'
        '[[alert]]\nid = "any"\ntitle = "快讯"\noutlets = 1\n'
        '[[alert.deliver]]\nchannel = "file"\npath = "../alerts"\nformats = ["txt"]\n'
    )


def out(user: User, folder: str = "out") -> dict[str, str]:
    return {file.suffix: file.read_text("utf-8") for file in (user.home / folder).iterdir()}


def test_a_hostile_feed_makes_a_harmless_digest(sent: tuple[User, Post]) -> None:
    user, post = sent
    made = out(user)
    page = made[".html"]
    html5lib.HTMLParser(strict=True).parse(page)
    assert not re.search(r"<(?:script|img|iframe|link|object|form)\b|<[^>]*\son\w+=", page)
    links = re.findall(r'href="([^"]*)"', page)
    assert links
    assert all(re.match(r"https://ok\.example/3\?|http://127\.0\.0\.1:8001/", link) for link in links)
    for text in made.values():
        assert not re.search("[\u202a-\u202e\u200b\ufeff]", text)
        assert "长" * 500 not in text or text.startswith(("{", "<?xml"))
    shown = MarkdownIt("gfm-like", {"linkify": False}).render(made[".md"])
    assert (
        re.findall(r"<(?:img|script)|href=.(?!https://ok\.example/3|http://127\.0\.0\.1:8001/)", shown) == []
    )
    assert json.loads(made[".json"])["items"] == 2
    (envelope,) = post.taken
    message = message_from_bytes(envelope.content or b"", policy=default)
    assert message["Bcc"] is None
    assert envelope.rcpt_tos == ["reader@example.org"]
    assert message["List-Unsubscribe"] == "<mailto:ops@example.org?subject=unsubscribe%20daily>"


def test_what_did_not_fit_is_listed(sent: tuple[User, Post]) -> None:
    user, _ = sent
    (left,) = user.gets("digest", "rest", "daily")
    assert left["waits"] == 1
    assert "yes" in user.says("digest", "rest", "daily")
    assert "watcher digest rest daily" in out(user)[".txt"].replace("\n", "")
    assert "nothing was left out" in user.says("digest", "rest", "daily", "--id", "99")


def test_only_the_operator_hears_of_sources(sent: tuple[User, Post]) -> None:
    user, _ = sent
    assert "来源 away：连续失败 1 次" in out(user, "ops")[".txt"]
    assert "away" not in "".join(out(user).values())


def test_a_digest_is_sent_again(sent: tuple[User, Post]) -> None:
    user, post = sent
    next((user.home / "out").glob("*.md")).unlink()
    assert "7 parcels once more" in user.says("digest", "resend", "1")
    assert len(out(user)) == len(list((user.home / "out").iterdir())) == 5
    assert "1 parcel once more" in user.says("digest", "resend", "1", "--to", "late@example.org")
    assert [each.rcpt_tos[0] for each in post.taken] == [*["reader@example.org"] * 2, "late@example.org"]
    assert "There is no digest 99" in user.says("digest", "resend", "99", code=2)
    assert "no mail address" in user.says("digest", "resend", "1", "--to", "nobody", code=2)


def test_alerts_go_out_with_the_digests_that_are_due(user: User) -> None:
    user.says("poll")  # what lies there before is history; from here on the alert looks
    (user.home / "posts" / "a.md").write_text(
        "---\ntitle: 重庆新增工业互联网标识解析节点\n---\n重庆工业互联网标识解析二级节点上线，企业上云。\n"
    )
    user.says("poll", "posts")
    said = user.says("digest", "send")
    assert "alert:any: 1 item" in said
    assert "重庆新增工业互联网标识解析节点" in out(user, "alerts")[".txt"]
    assert "alert:any" not in user.says("digest", "send")


def test_own_templates_are_checked_and_used(user: User) -> None:
    folder = user.home / "config" / "templates"
    folder.mkdir()
    (folder / "digest.txt.j2").write_text("我们的 {{ page.title }}\n{{ page.titel }}\n")
    said = user.says("check", code=2)
    assert f"{folder}/digest.txt.j2: line 2: " in said
    assert "titel" in said
    (folder / "digest.txt.j2").write_text("我们的 {{ page.title }}\n")
    assert "own templates" in user.says("check")
    user.says("poll")
    assert user.says("digest", "preview", "daily", "--since", "7d") == "我们的 日报\n"


def test_the_mail_settings_are_proved(user: User, post: Post) -> None:
    assert "took a mail for me@example.org" in user.says("test-mail", "me@example.org")
    assert len(post.taken) == 1
    post.answers["RCPT"] = "550 no such user"
    assert "refused the recipient me@example.org: 550 no such user" in user.says(
        "test-mail", "me@example.org", code=1
    )
    assert "no mail address" in user.says("test-mail", "me", code=2)
    assert "tls = " in user.runs("test-mail", "me@example.org", code=1, WATCHER_SMTP__TLS="ssl")[1]
    assert (
        "no connection to 127.0.0.1:9"
        in user.runs("test-mail", "me@example.org", code=1, WATCHER_SMTP__PORT="9")[1]
    )
    (user.home / "config" / "watcher.toml").write_text("")
    file = user.home / "config" / "digests.toml"
    file.write_text("")
    assert "no mail server" in user.says("test-mail", "me@example.org", code=2)


def test_wrong_digests_are_explained(user: User) -> None:
    (user.home / "config" / "digests.toml").write_text(
        '[[digest]]\nid = "a"\ntitle = "a"\n'
        '[[digest.deliver]]\nchannel = "push"\nurl = "slack://T1/B1/key"\n'
        '[[digest.deliver]]\nchannel = "push"\n'
        '[[digest.deliver]]\nchannel = "email"\npath = "x"\n'
        '[[alert]]\nid = "b"\ntitle = "b"\n'
        '[[alert]]\nid = "b"\ntitle = "b"\nspike = true\nquiet = "22-7"\n'
    )
    said = user.says("check", code=2)
    for part in (
        "line 6 (digest[1].deliver[1].url)",
        'write url = "{secret:name}"',
        'the channel "push" needs url',
        'the channel "email" has no path',
        "an alert needs a threshold",
        'write quiet hours as "22:00-07:00"',
    ):
        assert part in said
    (user.home / "config" / "digests.toml").write_text(
        '[[alert]]\nid = "b"\ntitle = "b"\nspike = true\ntopics = { any = ["nothing"] }\n'
        '[[alert.deliver]]\nchannel = "push"\nurl = "{secret:robot}"\n'
    )
    assert "set WATCHER_SECRET__ROBOT" in user.says("check", code=2)
    assert 'no topic "nothing"' in user.runs("check", code=2, WATCHER_SECRET__ROBOT="json://x")[1]
