"""Settings for all tests."""

from hypothesis import settings

# A deadline a case would be a timed test: on a busy machine it fails without a bug.
settings.register_profile("watcher", deadline=None)
settings.load_profile("watcher")
