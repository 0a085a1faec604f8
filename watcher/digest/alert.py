"""What is worth a message at once: which stories have enough outlets, which regions or topics rise.

Decides from what it is given; that nothing is told twice is the ledger's business.
"""

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from watcher.digest.group import roll_up
from watcher.digest.heat import heat_rows, spikes
from watcher.digest.match import region_codes, topic_ids
from watcher.model import AlertSpec, Background, DigestSpec, HeatRow, Labels, StoredItem


def is_quiet(hours: tuple[time, time] | None, zone: ZoneInfo, now: datetime) -> bool:
    """Whether the wall clock stands within the quiet hours, which may cross midnight."""
    if hours is None:
        return False
    first, last = hours
    local = now.astimezone(zone).time()
    return first <= local < last if first <= last else local >= first or local < last


def loud_stories(items: Sequence[StoredItem], spec: AlertSpec) -> list[StoredItem]:
    """The items that enough outlets carry."""
    if spec.outlets is None:
        return []
    return [item for item in items if 1 + item.other_outlets >= spec.outlets]


def risen(
    items: Sequence[StoredItem], spec: AlertSpec, labels: Labels, now: datetime, behind: Background
) -> list[HeatRow]:
    """Regions and topics far above their usual level."""
    if not spec.spike:
        return []
    rows = heat_rows(items, spec.digest, labels, now, behind)
    return [*(row for row in rows if row.spike and row.key), *spikes(items, spec.digest, labels, now, behind)]


def is_of(item: StoredItem, row: HeatRow, spec: DigestSpec, labels: Labels) -> bool:
    """Whether a rise of that region or topic is about this item."""
    places = {roll_up(code, labels) for code in region_codes(item, spec)}
    return row.key in places | topic_ids(item, spec)
