"""The config directory: found, read, checked, and turned into the types of the model. Never written."""

from watcher.config.load import Config, find_directory, load

__all__ = ["Config", "find_directory", "load"]
