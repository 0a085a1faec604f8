"""Single values that the program remembers under a name, such as the hash of the rules in force."""

from sqlite_utils import Database


def fact(db: Database, name: str) -> str | None:
    """One remembered value, such as the hash of the rules in force."""
    row = db.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()
    return str(row[0]) if row else None


def set_fact(db: Database, name: str, value: str) -> None:
    """Remember a value under a name."""
    db.execute(
        "INSERT INTO facts (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [name, value],
    )
