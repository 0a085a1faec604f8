"""Pickles a type by its values alone: an article that a worker has read comes back as ten of such types.

What `dataclass` writes for frozen types looks each field up by name, in Python, and takes twice as long.
"""

import copyreg
from dataclasses import fields
from operator import attrgetter
from typing import Any


def packed(cls: Any) -> Any:
    """Lets pickle take a dataclass, of two fields or more, for a call with its values in order."""
    values = attrgetter(*(field.name for field in fields(cls)))
    copyreg.pickle(cls, lambda one: (cls, values(one)))
    return cls
