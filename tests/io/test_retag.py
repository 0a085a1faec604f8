"""Changed rules over stored items, in a real file: portions, dry runs, and texts that change meanwhile."""

from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.io.build import SHANGHAI, article, bring, store
from watcher import retag as use_case
from watcher.model import DocumentTag, Tags
from watcher.retag import Turn, retag
from watcher.store import figures, retagging, tags
from watcher.store.items import details
from watcher.store.open import transaction
from watcher.tag import compile_rules
from watcher.tag.rulebook import shipped

RULES = compile_rules(shipped())


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = store(tmp_path / "watcher.db")
    with transaction(db):
        tags.save_taxonomy(db, RULES.topics, RULES.atlas.regions, RULES.hash)
        figures.save_metrics(db, RULES.book.metrics)
    for number in range(5):
        bring(
            db,
            "nbd",
            article(
                f"g{number}", f"重庆标识解析第{number}报", f"成都第{number}家企业上云，接入二级节点。" * 9
            ),
        )
    return db


def run(db: Database, *, dry_run: bool = False) -> tuple[int, list[Turn]]:
    ids = retagging.waiting(db, RULES.hash, every=False)
    portions = list(retag(db, ids, {}, RULES, SHANGHAI, dry_run=dry_run))
    return sum(portion.items for portion in portions), [
        turn for portion in portions for turn in portion.turns
    ]


def test_every_item_is_tagged_once_in_portions(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_case, "PORTION", 2)
    done, turns = run(db, dry_run=True)
    assert (done, len(retagging.waiting(db, RULES.hash, every=False))) == (5, 5)
    assert run(db) == (done, turns)
    assert {turn.item_id for turn in turns} == {1, 2, 3, 4, 5}
    changes = {(turn.kind, turn.name): (turn.before, turn.after) for turn in turns if turn.item_id == 1}
    assert changes["topic", "identifier"] == (None, "main")
    assert changes["topic", "core"] == ("main", None)
    assert changes["region", "510100"] == (None, "primary")
    assert run(db) == (0, [])
    assert len(retagging.waiting(db, RULES.hash, every=True)) == 5


def test_a_text_that_changed_meanwhile_keeps_its_own_tags(db: Database) -> None:
    (kept,) = retagging.read(db, [1])
    bring(db, "nbd", article("g0", "重庆标识解析第0报", "改过的全文，讲的是别的事情。" * 20))
    with transaction(db):
        assert not retagging.rewrite(db, kept, Tags(RULES.hash), ())
    found = details(db, 1)
    assert found is not None
    assert found["rules_hash"] == "rules-1"
    assert found["topics"]


def test_an_item_that_went_meanwhile_is_passed_over(db: Database) -> None:
    assert [portion.items for portion in retag(db, [1, 999], {}, RULES, SHANGHAI, dry_run=False)] == [1]


def test_what_one_article_tells_of_a_policy_another_keeps(db: Database) -> None:
    first, second = retagging.read(db, [1, 2])
    known = DocumentTag("工业互联网行动计划", "行动计划", "工业和信息化部", "工信部信管〔2020〕197号")
    bare = DocumentTag("工业互联网行动计划", "行动计划", None, None)
    with transaction(db):
        retagging.rewrite(db, first, Tags(RULES.hash, documents=(known,)), ())
        retagging.rewrite(db, second, Tags(RULES.hash, documents=(bare,)), ())
    found = details(db, 2)
    assert found is not None
    assert [(policy["issuer"], policy["number"]) for policy in found["policies"]] == [
        ("工业和信息化部", "工信部信管〔2020〕197号")
    ]
