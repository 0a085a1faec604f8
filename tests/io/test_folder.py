"""Folders on a real file system: what is read, what waits, and all that is not a file."""

import os
import socket
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.fetch import folder as module
from watcher.fetch.folder import fetch_folder
from watcher.fetch.glob import matcher
from watcher.model import Fetched, FetchError, FileMark, NotModified, Outcome, Source

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
OLD = NOW - timedelta(days=1)
MARKDOWN = ("**/*.md",)


def put(path: Path, text: str | bytes = "text", at: datetime = OLD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def source(root: Path, glob: tuple[str, ...] = MARKDOWN) -> Source:
    return Source("seeds", "folder", "seeds", str(root), ZoneInfo("Asia/Shanghai"), glob=glob)


def look(root: Path, marks: Mapping[str, FileMark] = {}, **limits: int) -> Fetched:
    outcome = fetch_folder(source(root), marks, NOW, **limits)
    assert isinstance(outcome, Fetched), outcome
    return outcome


def names(outcome: Fetched) -> list[str]:
    return [document.name for document in outcome.documents]


def marks_of(outcome: Fetched) -> dict[str, FileMark]:
    return {document.name: document.mark for document in outcome.documents if document.mark} | dict(
        outcome.touched
    )


def test_every_matching_file_is_read_once(tmp_path: Path) -> None:
    put(tmp_path / "b.md", "乙")
    put(tmp_path / "2022" / "02" / "a.md", "甲")
    put(tmp_path / "a.txt")
    first = look(tmp_path)
    assert names(first) == ["2022/02/a.md", "b.md"]
    assert [document.body.decode() for document in first.documents] == ["甲", "乙"]
    assert {document.source_id for document in first.documents} == {"seeds"}
    assert first.present == 2
    assert fetch_folder(source(tmp_path), marks_of(first), NOW) == NotModified(present=2)


def test_only_what_changed_comes_again(tmp_path: Path) -> None:
    put(tmp_path / "same.md")
    put(tmp_path / "touched.md")
    put(tmp_path / "edited.md")
    marks = marks_of(look(tmp_path))
    put(tmp_path / "touched.md", at=OLD + timedelta(hours=1))
    put(tmp_path / "edited.md", "text, longer")
    put(tmp_path / "new.md")
    second = look(tmp_path, marks)
    assert names(second) == ["edited.md", "new.md"]
    assert [name for name, _ in second.touched] == ["touched.md"]
    assert fetch_folder(source(tmp_path), marks | marks_of(second), NOW) == NotModified(present=4)


@pytest.mark.parametrize(
    ("age", "waits"),
    [
        (timedelta(0), True),
        (timedelta(seconds=1.9), True),
        (timedelta(seconds=2.1), False),
        (timedelta(seconds=-30), True),  # written after the pass began
        (timedelta(days=-30), False),  # a clock that was wrong, not a file that is being written
    ],
)
def test_a_file_still_being_written_waits(tmp_path: Path, age: timedelta, waits: bool) -> None:
    put(tmp_path / "a.md", at=NOW - age)
    outcome = look(tmp_path)
    assert (outcome.waiting == ("a.md",), names(outcome) == ["a.md"]) == (waits, not waits)


@pytest.mark.parametrize("change", ["grow", "shrink", "touch"])
def test_a_file_that_changes_while_it_is_read_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    path = put(tmp_path / "a.md", "0123456789")
    before, real = path.stat(), os.fstat
    seen: list[int] = []

    def fstat(descriptor: int) -> os.stat_result:
        status = real(descriptor)
        if not seen and status.st_ino == before.st_ino:
            seen.append(descriptor)
            put(
                path,
                {"grow": "x" * 20, "shrink": "x", "touch": "0123456789"}[change],
                OLD + timedelta(hours=1),
            )
        return status

    monkeypatch.setattr(module.os, "fstat", fstat)
    outcome = look(tmp_path)
    assert seen
    assert (outcome.waiting, outcome.documents) == (("a.md",), ())


def test_what_is_no_file_is_refused_and_never_opened(tmp_path: Path) -> None:
    outside = put(tmp_path / "outside" / "passwd.md", "root")
    root = tmp_path / "root"
    put(root / "good.md")
    (root / "link.md").symlink_to(outside)
    (root / "dangling.md").symlink_to("nowhere")
    (root / "inside.md").symlink_to(root / "good.md")
    (root / "folder").symlink_to(outside.parent, target_is_directory=True)
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "dir.md").mkdir()
    os.mkfifo(root / "pipe.md")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(root / "socket.md"))
        outcome = look(root)
    assert names(outcome) == ["good.md"]
    refused = {"dangling.md", "inside.md", "link.md", "pipe.md", "socket.md"}
    assert {name for name, _ in outcome.refused} == refused
    assert outcome.present == 1


@pytest.mark.parametrize("swap", ["link", "pipe", "folder", "nothing"])
def test_a_file_swapped_after_the_walk_saw_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swap: str
) -> None:
    outside = put(tmp_path / "outside.md", "root")
    path, real = put(tmp_path / "root" / "a.md"), module._read

    def read(*given: object) -> object:
        path.unlink()
        if swap == "link":
            path.symlink_to(outside)
        elif swap == "pipe":
            os.mkfifo(path)
        elif swap == "folder":
            path.mkdir()
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_read", read)
    outcome = fetch_folder(source(path.parent), {}, NOW)
    if swap == "nothing":
        assert outcome == NotModified(present=0)
    else:
        assert isinstance(outcome, Fetched)
        assert outcome.documents == ()
        assert [name for name, _ in outcome.refused] == ["a.md"]


def test_a_folder_swapped_for_a_link_is_not_entered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "outside" / "secret.md")
    root = tmp_path / "root"
    put(root / "sub" / "a.md")
    real = os.open

    def swapping(path: str, flags: int, **more: int | None) -> int:
        if path == "sub" and not (root / "sub").is_symlink():
            (root / "sub").rename(tmp_path / "gone")
            (root / "sub").symlink_to(tmp_path / "outside", target_is_directory=True)
        return real(path, flags, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(module.os, "open", swapping)
    outcome = look(root)
    assert outcome.documents == ()
    assert [name for name, _ in outcome.refused] == ["sub"]


def test_sizes_and_numbers_are_bounded_and_the_rest_comes_next(tmp_path: Path) -> None:
    for number in range(7):
        put(tmp_path / f"{number}.md", f"text {number}")
    put(tmp_path / "big.md", b"x" * 2000)
    marks: dict[str, FileMark] = {}
    seen: list[list[str]] = []
    more: list[int] = []
    while True:
        outcome = look(tmp_path, marks, max_bytes=1000, max_documents=3)
        assert [name for name, _ in outcome.refused] == ["big.md"]
        if not outcome.documents:
            break
        seen.append(names(outcome))
        more.append(outcome.more)
        marks |= marks_of(outcome)
    assert seen == [["0.md", "1.md", "2.md"], ["3.md", "4.md", "5.md"], ["6.md"]]
    assert more == [4, 1, 0]


def test_a_pass_is_bounded_in_bytes_but_always_takes_one(tmp_path: Path) -> None:
    for number in range(3):
        put(tmp_path / f"{number}.md", b"x" * 600)
    outcome = look(tmp_path, max_pass_bytes=500)
    assert (names(outcome), outcome.more) == (["0.md"], 2)


def test_names_that_are_no_utf8_are_kept_as_escapes(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/\xd6\xd8\xc7\xec.md"  # 重庆 in GBK
    with open(raw, "wb") as file:  # noqa: PTH123 - pathlib cannot spell it
        file.write("重庆".encode("gbk"))
    os.utime(raw, (OLD.timestamp(), OLD.timestamp()))
    first = look(tmp_path)
    assert names(first) == ["\\xd6\\xd8\\xc7\\xec.md"]
    names(first)[0].encode("utf-8")
    assert isinstance(fetch_folder(source(tmp_path), marks_of(first), NOW), NotModified)


def test_hidden_names_are_left_alone(tmp_path: Path) -> None:
    put(tmp_path / ".git" / "a.md")
    put(tmp_path / "._a.md")
    put(tmp_path / "a.md")
    assert names(look(tmp_path)) == ["a.md"]


def test_an_unreadable_file_and_folder_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a.md")
    put(tmp_path / "sub" / "b.md")
    put(tmp_path / "c.md")
    real = os.open

    def denying(path: str, flags: int, **more: int | None) -> int:
        if path in {"a.md", "sub"}:
            raise PermissionError(13, "Permission denied")
        return real(path, flags, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(module.os, "open", denying)
    outcome = look(tmp_path)
    assert names(outcome) == ["c.md"]
    assert outcome.refused == (("a.md", "Permission denied"), ("sub", "Permission denied"))


def test_too_many_folders_within_folders(tmp_path: Path) -> None:
    put(tmp_path / Path(*"d" * 70) / "a.md")
    assert [why for _, why in look(tmp_path).refused] == ["too many folders within folders"]


@pytest.mark.parametrize("place", ["nowhere", "file"])
def test_a_missing_folder(tmp_path: Path, place: str) -> None:
    put(tmp_path / "file")
    outcome: Outcome = fetch_folder(source(tmp_path / place), {}, NOW)
    assert isinstance(outcome, FetchError)
    assert outcome.kind == "missing"


def test_a_folder_we_may_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denying(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module.os, "open", denying)
    outcome = fetch_folder(source(tmp_path), {}, NOW)
    assert isinstance(outcome, FetchError)
    assert (outcome.kind, outcome.message) == ("unreadable", f"cannot read {tmp_path}: Permission denied")


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    put(tmp_path / "real" / "a.md")
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    assert names(look(tmp_path / "link")) == ["a.md"]


def test_several_patterns(tmp_path: Path) -> None:
    for name in ("a.md", "b.html", "c.txt", "d.pdf"):
        put(tmp_path / name)
    several = replace(source(tmp_path), glob=("**/*.md", "*.html"))
    outcome = fetch_folder(several, {}, NOW)
    assert isinstance(outcome, Fetched)
    assert names(outcome) == ["a.md", "b.html"]


GLOBS = [
    ("**/*.md", ["a.md", "x/a.md", "x/y/a.md"], ["a.txt", "a.md/b", "amd"]),
    ("*.md", ["a.md"], ["x/a.md"]),
    ("./*.md", ["a.md"], ["x/a.md"]),
    ("posts/**/*.md", ["posts/a.md", "posts/x/a.md"], ["a.md", "other/a.md"]),
    ("posts/**", ["posts/a.md", "posts/x/y"], ["a"]),
    ("20??/*.md", ["2022/a.md"], ["202/a.md", "2022/x/a.md"]),
    ("[0-9]*.md", ["1.md"], ["a.md"]),
    ("[!0-9]*.md", ["a.md"], ["1.md"]),
    ("[b-a]*.md", [], ["a.md"]),
    ("[[ab]*.md", ["a.md", "[.md"], ["c.md"]),
    ("a**b", ["ab", "axb"], ["a/b"]),
    ("a[b.md", ["a[b.md"], ["ab.md"]),
    ("a+(b).md", ["a+(b).md"], ["aab.md"]),
    ("*.md", ["重庆\n.md"], []),
]


@pytest.mark.parametrize(("pattern", "yes", "no"), GLOBS)
def test_patterns(pattern: str, yes: list[str], no: list[str]) -> None:
    matches = matcher([pattern])
    assert [path for path in yes + no if matches(path)] == yes


def test_no_pattern_lets_everything_through() -> None:
    assert matcher([])("any/thing")


@given(st.text(alphabet="ab/*?[]!-.\\^", max_size=12), st.text(alphabet="ab/.", max_size=9))
def test_no_pattern_breaks_the_matcher(pattern: str, path: str) -> None:
    assert matcher([pattern])(path) in {True, False}
