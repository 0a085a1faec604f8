"""The pages of `watcher inspect` in a real browser: made-up news, clicks, pictures for the docs."""
