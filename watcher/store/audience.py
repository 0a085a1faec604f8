"""Which stored items may be for an audience, as SQL: so that a digest does not read all that was ever stored.

Whatever `digest.match` lets through passes here, and some more: roles and `none` are left to it.
"""

import json

from watcher.model import DigestSpec


def may_match(spec: DigestSpec, item: str) -> tuple[str, dict[str, str]]:
    """Conditions on the column `item`, each begun with AND, and their values; none for everybody.

    `items.id` lets SQLite begin with the tags, `+items.id` has it begin with whatever else is asked.
    """
    conditions, values = "", dict[str, str]()
    for wish, table, column in (
        (spec.topics, "item_topics", "topic_id"),
        (spec.regions, "item_regions", "region_code"),
    ):
        wanted = [*([wish.any] if wish.any else []), *wish.all]
        for number, alternatives in enumerate(wanted):
            name = f"{column}_{number}"
            values[name] = json.dumps(alternatives, ensure_ascii=False)
            conditions += (
                f" AND {item} IN (SELECT item_id FROM {table}"
                f" WHERE {column} IN (SELECT value FROM json_each(:{name})))"
            )
    return conditions, values
