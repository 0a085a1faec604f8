"""watcher: a feed watcher for China's industrial internet (工业互联网), by region."""

__version__ = "0.1.0"
