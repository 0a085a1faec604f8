"""The config directory: what it means, and what is said of everything that is wrong with it."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from watcher.config import find_directory, load
from watcher.config.lines import line_of
from watcher.config.resolve import known_region, known_topic, missing_folders, rules_of, specs_of
from watcher.errors import ConfigError, UsageError

SOURCES = """
[defaults]
interval = "2h"

[[source]]
id = "nbd"
kind = "feed"
title = "每经网"
url = "https://rsshub.app/nbd"

[[source]]
id = "posts"
kind = "folder"
path = "../posts"
"""
DIGESTS = """
[[digest]]
id = "daily"
title = "日报"
schedule = "0 8 * * *"
regions = { any = ["成渝地区"], none = ["成都市"] }
[[digest.deliver]]
channel = "file"
path = "../out"
"""


def written(directory: Path, **files: str) -> Path:
    directory.mkdir(exist_ok=True)
    for stem, text in files.items():
        (directory / f"{stem}.toml").write_text(text, encoding="utf-8")
    return directory


def problems(directory: Path, env: dict[str, str] | None = None, *, resolve: bool = False) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config = load(directory, env or {})
        if resolve:
            specs_of(config, rules_of(config))
    return [str(problem).removeprefix(f"{directory}/") for problem in caught.value.problems]


def test_a_config_means_what_it_says(tmp_path: Path) -> None:
    config = load(written(tmp_path / "config", sources=SOURCES, digests=DIGESTS), {})
    nbd, posts = config.sources
    assert (nbd.interval, nbd.timezone, nbd.location) == (
        timedelta(hours=2),
        ZoneInfo("Asia/Shanghai"),
        "https://rsshub.app/nbd",
    )
    assert posts.location == str(tmp_path / "posts")
    assert posts.title == "posts"
    assert config.database == tmp_path / "var" / "watcher.db"
    assert [str(problem) for problem in missing_folders(config)] == [
        f"{tmp_path}/config/sources.toml: line 14 (source[2].path): no folder at {tmp_path}/posts; "
        "make it, or set enabled = false"
    ]


def test_an_empty_config_is_valid(tmp_path: Path) -> None:
    config = load(written(tmp_path / "c", watcher="", sources="", topics="", regions="", digests=""), {})
    assert config.sources == ()
    assert rules_of(config).topics


def test_digests_widen_downwards(tmp_path: Path) -> None:
    config = load(written(tmp_path / "config", digests=DIGESTS), {})
    (spec,) = specs_of(config, rules_of(config))
    assert {"成渝地区", "500000", "510000", "510100"} <= set(spec.regions.any)
    assert "420000" not in spec.regions.any
    assert "510107" in spec.regions.none
    assert spec.deliver[0].path == str(tmp_path / "out")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"watcher": "[http]\nconcurency = 4\n"},
            [
                "watcher.toml: line 2 (http.concurency): no such key; check its spelling against the documentation"
            ],
        ),
        (
            {"sources": '[[source]]\nid = "a"\nkind = "feed"\nurl = "https://e.org"\nintervall = 5\n'},
            [
                "sources.toml: line 5 (source[1].intervall): no such key; "
                "check its spelling against the documentation"
            ],
        ),
        (
            {
                "sources": '[[source]]\nid = "a"\nkind = "feed"\nurl = "https://e.org"\ninterval = "5 parsecs"\n'
            },
            [
                "sources.toml: line 5 (source[1].interval): is not right; "
                'write a duration as "90s", "30m", "1h" or "2d"'
            ],
        ),
        (
            {"sources": '[[source]]\nid = "a"\nkind = "feed"\nurl = "ftp://e.org"\n'},
            [
                "sources.toml: line 4 (source[1].url): is not right; "
                "write a whole URL that begins with http:// or https://"
            ],
        ),
        (
            {"sources": '[[source]]\nid = "a"\nkind = "feed"\n'},
            ['sources.toml: line 1 (source[1]): is not right; a source of kind "feed" has a url and no path'],
        ),
        (
            {"watcher": '[watcher]\ntimezone = "Mars/Olympus"\n'},
            [
                "watcher.toml: line 2 (watcher.timezone): is not right; "
                'name a time zone as "Asia/Shanghai" or "UTC"'
            ],
        ),
        (
            {"watcher": '[smtp]\nhost = "h"\nfrom = "a@e.org"\npassword = "x"\n'},
            [
                "watcher.toml: line 4 (smtp.password): a password does not belong in this file; "
                "set WATCHER_SMTP__PASSWORD, or password_file, or a systemd credential smtp-password"
            ],
        ),
        ({"watcher": '[watcher]\ndatabase = "a\n'}, ["watcher.toml: line 2, column 14: is not TOML: "]),
        (
            {"digests": '[[digest]]\nid = "d"\ntitle = "t"\nwhen_empty = "maybe"\n'},
            [
                "digests.toml: line 4 (digest[1].when_empty): is none of the values allowed; "
                "write 'skip' or 'send'"
            ],
        ),
        (
            {"topics": '[topic.own]\nlabel = "x"\nstrog = ["y"]\n'},
            [
                "topics.toml: line 3 (topic.own.strog): no such key; check its spelling against the documentation"
            ],
        ),
    ],
)
def test_one_problem(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    found = problems(written(tmp_path / "c", **files))
    assert len(found) == len(expected)
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(start), line


def test_every_problem_is_listed_at_once(tmp_path: Path) -> None:
    bad = '[[source]]\nid = "a b"\nkind = "tape"\nurl = "https://e.org"\n'
    found = problems(written(tmp_path / "c", sources=bad, watcher="[http]\nper_host = 0\nx = 1\n"))
    assert [line.split(":")[0] + line.split(":")[1] for line in found] == [
        "watcher.toml line 2 (http.per_host)",
        "watcher.toml line 3 (http.x)",
        "sources.toml line 2 (source[1].id)",
        "sources.toml line 3 (source[1].kind)",
    ]


def test_doubles_are_named(tmp_path: Path) -> None:
    double = SOURCES + '[[source]]\nid = "nbd"\nkind = "feed"\nurl = "https://rsshub.app/nbd"\n'
    assert problems(written(tmp_path / "c", sources=double)) == [
        'sources.toml: line 16 (source[3].id): id "nbd" stands already in source number 1; remove or rename one',
        'sources.toml: line 18 (source[3].url): url "https://rsshub.app/nbd" stands already in source number 1; '
        "remove or rename one",
    ]


def test_a_bad_cron_line_names_its_field(tmp_path: Path) -> None:
    (found,) = problems(written(tmp_path / "c", digests=DIGESTS.replace("0 8 * * *", "0 25 * * *")))
    assert found.startswith("digests.toml: line 5 (digest[1].schedule): ")
    assert "hour" in found


def test_names_that_are_none(tmp_path: Path) -> None:
    text = DIGESTS.replace("成渝地区", "成鱼地区") + 'topics = { any = ["corr"] }\n'.replace("topics", "#")
    found = problems(written(tmp_path / "c", digests=text), resolve=True)
    assert found == [
        'digests.toml: line 6 (digest[1].regions): no region "成鱼地区"; write an official name or a cluster\'s'
    ]


def test_mail_needs_a_server(tmp_path: Path) -> None:
    text = DIGESTS + '[[digest.deliver]]\nchannel = "email"\nto = ["a@example.org"]\n'
    (found,) = problems(written(tmp_path / "c", digests=text), resolve=True)
    assert "no mail server" in found


def test_the_environment_wins_and_its_mistakes_are_told(tmp_path: Path) -> None:
    directory = written(tmp_path / "c", sources=SOURCES, digests=DIGESTS)
    env = {
        "WATCHER_HTTP__TIMEOUT": "5",
        "WATCHER_DATABASE": "/srv/w.db",
        "WATCHER_SOURCE__NBD__INTERVAL": "3h",
        "WATCHER_DIGEST__DAILY__TITLE": "晨报",
        "WATCHER_HTTP__ALLOW_PRIVATE": '["127.0.0.1:1200"]',
    }
    config = load(directory, env)
    assert config.main.http.timeout == 5
    assert config.main.http.allow_private == ("127.0.0.1:1200",)
    assert config.database == Path("/srv/w.db")
    assert config.sources[0].interval == timedelta(hours=3)
    assert config.digests[0].title == "晨报"
    (typo,) = problems(directory, {"WATCHER_HTP__TIMEOUT": "5"})
    assert "WATCHER_HTP__TIMEOUT: names no key" in typo
    (wrong,) = problems(directory, {"WATCHER_HTTP__TIMEOUT": "soon"})
    assert "environment variable WATCHER_HTTP__TIMEOUT" in wrong


def test_secrets_come_from_outside_and_are_not_shown(tmp_path: Path) -> None:
    text = '[[source]]\nid = "a"\nkind = "feed"\nurl = "https://e.org/{secret:rss-key}"\n'
    directory = written(tmp_path / "c", sources=text)
    (missing,) = problems(directory)
    assert "the secret rss-key is not there; set WATCHER_SECRET__RSS_KEY" in missing
    config = load(directory, {"WATCHER_SECRET__RSS_KEY": "hush"})
    assert config.secrets == {"rss-key": "hush"}
    assert config.sources[0].location == "https://e.org/{secret:rss-key}"
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "rss-key").write_text("hush2\n")
    config = load(directory, {"CREDENTIALS_DIRECTORY": str(credentials), "WATCHER_SECRET__RSS_KEY": "x"})
    assert config.secrets == {"rss-key": "hush2"}
    assert "hush" not in repr(config)


def test_the_mail_password(tmp_path: Path) -> None:
    text = '[smtp]\nhost = "smtp.e.org"\nuser = "u@e.org"\npassword_file = "pw"\n'
    directory = written(tmp_path / "c", watcher=text)
    (missing,) = problems(directory)
    assert "password_file cannot be read" in missing
    (directory / "pw").write_text("hush\n")
    config = load(directory, {})
    assert config.smtp is not None
    assert (config.smtp.password, config.smtp.sender) == ("hush", "u@e.org")
    assert "hush" not in repr(config)
    (nobody,) = problems(written(tmp_path / "d", watcher='[smtp]\nhost = "h"\n'))
    assert "has no sender" in nobody


def test_under_systemd_state_stays_in_its_directory(tmp_path: Path) -> None:
    directory = written(tmp_path / "c", digests=DIGESTS)
    config = load(directory, {"STATE_DIRECTORY": "/var/lib/watcher"})
    assert config.database == Path("/var/lib/watcher/var/watcher.db")
    assert config.state_path("../out") == Path("/var/lib/watcher/out")
    assert config.state_path("/elsewhere") == Path("/elsewhere")


def test_where_a_config_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    env = {"HOME": str(tmp_path / "home")}
    with pytest.raises(ConfigError, match="holds no config, nor does"):
        find_directory(None, env)
    home = tmp_path / "home" / ".config" / "watcher"
    home.mkdir(parents=True)
    written(home, sources="")
    assert find_directory(None, env) == home
    here = written(tmp_path / "config", watcher="")
    assert find_directory(None, env) == here
    other = written(tmp_path / "other", watcher="")
    assert find_directory(None, env | {"WATCHER_CONFIG": str(other)}) == other
    assert find_directory(here, env | {"WATCHER_CONFIG": str(other)}) == here
    with pytest.raises(ConfigError, match="is no directory"):
        find_directory(tmp_path / "nowhere", env)


def test_names_on_the_command_line(tmp_path: Path) -> None:
    rules = rules_of(load(written(tmp_path / "c", watcher=""), {}))
    assert known_topic(rules, None) is None
    assert known_topic(rules, "core") == "core"
    assert known_topic(rules, rules.topics["core"]) == "core"
    assert known_region(rules, None) is None
    chengyu = known_region(rules, "成渝")
    assert chengyu is not None
    assert "500000" in chengyu
    for wrong in (known_topic, known_region):
        with pytest.raises(UsageError, match="There is no"):
            wrong(rules, "无此地名")


TOML = '''# a comment
title = """
[not.a.table]
key = 1
"""
list = [
  "[[nor.this]]",
  "x = 1",
]
[a."b.c"]
d.e = 1
[[f]]
g = 1
[[f]]
g = 2
[[f.h]]
i = { any = ["]"], none = [] }
'''


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("title",), 2),
        (("list",), 6),
        (("a", "b.c"), 10),
        (("a", "b.c", "d", "e"), 11),
        (("f", 0, "g"), 13),
        (("f", 1, "g"), 15),
        (("f", 1, "h", 0, "i"), 17),
        (("f", 1, "h", 0, "i", "any"), 17),
        (("f", 1, "missing"), 14),
        (("nowhere",), None),
    ],
)
def test_lines(place: tuple[str | int, ...], line: int | None) -> None:
    assert line_of(TOML, place) == line


def test_a_file_that_is_not_utf8_or_not_readable(tmp_path: Path) -> None:
    directory = written(tmp_path / "c", watcher="")
    (directory / "topics.toml").write_bytes("标识".encode("gb18030"))
    (directory / "regions.toml").mkdir()
    found = problems(directory)
    assert any("is not UTF-8; save it as UTF-8" in line for line in found)
    assert any("cannot be read" in line for line in found)
