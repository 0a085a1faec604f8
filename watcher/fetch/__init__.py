"""Brings documents in: over HTTP, politely and guarded, and from folders. Judges nothing it brings."""
