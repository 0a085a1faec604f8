"""A small world to watch: feeds over HTTP, a folder, a mailbox, and an oracle that knows what must be in.

The servers live in the process that tests; what is tortured are its children (`life`). Nothing is
faked: sockets, files and SMTP are real, only the clock is given.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.io.smtp_servers import Post, served

START = datetime(2026, 11, 20, 1, tzinfo=UTC)
ROUND = timedelta(hours=27)  # more than any pause a healthy source gets, so that all are due again
READER = "analyst@example.org"
PLACES = "重庆市 成都市 武汉市 上海市 南京市 杭州市 广州市 青岛市 合肥市 长沙市".split()


@dataclass(frozen=True)
class Article:
    """One article as a publisher has it; `version` grows when it is edited."""

    number: int
    published: datetime
    version: int = 1

    @property
    def title(self) -> str:
        return f"{PLACES[self.number % 10]}工业互联网动态第{self.number:06}期"

    @property
    def text(self) -> str:
        words = (
            f"{PLACES[self.number % 10]}第{self.number:06}家企业接入标识解析二级节点，"
            f"第{self.version}版记录显示设备上云 {self.number + 17} 台套。"
        )
        return words + f"编号{self.number * 7919 % 1000003}的车间完成数字化改造，产线数据接入平台。" * 4


@dataclass
class World:
    """What the publishers have, and what the mailbox got."""

    feeds: dict[str, list[Article]] = field(default_factory=dict)
    post: Post = field(default_factory=Post)
    http_port: int = 0
    smtp_port: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    known: dict[int, Article] = field(default_factory=dict)

    def publishes(self, feed: str, number: int, when: datetime, version: int = 1) -> None:
        """A feed brings an article, new or edited; it lists its newest twenty."""
        article = Article(number, when, version)
        listed = [old for old in self.feeds.get(feed, []) if old.number != number]
        self.feeds[feed] = [article, *listed][:20]
        self.known[number] = article

    def files(self, folder: Path, number: int, when: datetime) -> None:
        """Somebody puts an article into the folder."""
        article = Article(number, when)
        folder.mkdir(parents=True, exist_ok=True)
        head = f"---\ntitle: {article.title}\ndate: {when.isoformat()}\n---\n\n"
        (folder / f"{number}.md").write_text(head + article.text + "\n", "utf-8")
        self.known[number] = article

    def rss(self, feed: str) -> bytes:
        items = "".join(
            f"<item><title>{a.title}</title><guid>{a.number}</guid>"
            f"<link>http://127.0.0.1:{self.http_port}/a/{a.number}</link>"
            f"<pubDate>{a.published:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
            f"<description>{a.text}</description></item>"
            for a in self.feeds.get(feed, [])
        )
        return f'<rss version="2.0"><channel><title>{feed}</title>{items}</channel></rss>'.encode()

    def mails(self) -> list[tuple[str, str]]:
        """(Message-ID, text) of everything the mailbox took."""
        found = []
        for envelope in self.post.taken:
            message = message_from_bytes(envelope.content, policy=default)
            body = message.get_body(("plain",))
            assert body is not None
            found.append((str(message["Message-ID"]), body.get_content()))
        return found


@contextmanager
def opened_world() -> Iterator[World]:
    """The servers, up."""
    world = World()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            world.requests[self.path] += 1
            body = world.rss(self.path.strip("/"))
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:  # the asker was killed
                pass

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    world.http_port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        with served(world.post) as world.smtp_port:
            yield world
    finally:
        server.shutdown()
        server.server_close()


def furnish(home: Path, world: World, feeds: int = 3) -> None:
    """Write the config of a home that watches this world."""
    config = home / "config"
    config.mkdir(parents=True, exist_ok=True)
    (home / "posts").mkdir(exist_ok=True)
    (config / "watcher.toml").write_text(
        f'[watcher]\ntimezone = "UTC"\n'
        f'[http]\nallow_private = ["127.0.0.1:{world.http_port}"]\ntimeout = 5\n'
        f'[smtp]\nhost = "127.0.0.1"\nport = {world.smtp_port}\ntls = "none"\nfrom = "w@example.org"\n'
        f'[service]\nbackup_keep = 2\nmetrics_file = "../var/watcher.prom"\n'
    )
    (config / "sources.toml").write_text(
        "".join(
            f'[[source]]\nid = "feed{n}"\nkind = "feed"\nurl = "http://127.0.0.1:{world.http_port}/feed{n}"\n'
            for n in range(feeds)
        )
        + '[[source]]\nid = "posts"\nkind = "folder"\npath = "../posts"\nglob = ["*.md"]\n'
    )
    (config / "digests.toml").write_text(
        '[[digest]]\nid = "all"\ntitle = "全部"\nschedule = "0 8 * * *"\nmax_items = 1000\n'
        '[[digest.deliver]]\nchannel = "file"\npath = "../out"\nformats = ["txt"]\n'
        f'[[digest.deliver]]\nchannel = "email"\nto = ["{READER}"]\n'
    )
