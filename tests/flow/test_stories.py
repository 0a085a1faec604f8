"""Stories from the command line: explained, corrected, remembered."""

from pathlib import Path

import pytest

from tests.flow.test_first_day import User
from tests.unit.test_stories import ARTICLE, MARCH

POST = "---\ntitle: {}\ndate: 2026-11-{:02} 08:00:00\n---\n{}\n"


@pytest.fixture
def user(tmp_path: Path) -> User:
    (tmp_path / "config").mkdir()
    (tmp_path / "posts").mkdir()
    (tmp_path / "config" / "sources.toml").write_text(
        '[[source]]\nid = "posts"\nkind = "folder"\npath = "../posts"\n'
    )
    posts = {
        "a": ("标识解析进展", ARTICLE),
        "b": ("快看", ARTICLE + "\n\n更多内容见明日本报。"),
        "c": ("数据", MARCH),
    }
    for day, (name, (title, text)) in enumerate(posts.items(), 1):
        (tmp_path / "posts" / f"{name}.md").write_text(POST.format(title, day, text), "utf-8")
    user = User(tmp_path)
    user.says("poll")
    return user


def test_a_story_is_shown_and_corrected(user: User) -> None:
    first, second, third = (user.gets("why", str(number))[0] for number in (1, 2, 3))
    assert first["story_id"] == second["story_id"] == 1
    assert third["story_id"] is None
    assert [other["id"] for other in first["near"]] == [2]
    assert "watcher story 1" in user.says("why", "1")
    assert "alone" in user.says("why", "3")
    shown = user.says("story", "1")
    assert "2 items" in shown
    assert "reprint" in shown
    assert [one["role"] for one in user.gets("story", "1")[0]["members"]] == ["first", "reprint"]
    assert "alone" in user.says("story", "split", "2")
    assert "There is no story 1" in user.says("story", "1", code=2)
    (user.home / "posts" / "d.md").write_text(POST.format("又见", 4, "某报讯\n\n" + ARTICLE), "utf-8")
    user.says("poll", "--all")
    assert user.gets("why", "2")[0]["story_id"] is None
    merged = user.gets("story", "merge", "2", "3")
    assert len({one["story_id"] for one in merged}) == 1
    assert "joined by you" in user.says("story", str(merged[0]["story_id"]))
    assert "There is no item 99" in user.says("story", "split", "99", code=2)
    assert "with itself" in user.says("story", "merge", "1", "1", code=2)


def test_what_changed_is_shown(user: User) -> None:
    post = user.home / "posts" / "c.md"
    post.write_text(post.read_text("utf-8").replace("6.1%", "6.2%"), "utf-8")
    user.says("poll", "--all")
    assert "[-6.1-]{+6.2+}" in user.says("why", "3")
