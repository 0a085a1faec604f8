"""Strings to meanings: HTML to text, folding, dates, URLs, encodings. Pure; knows no feed and no store."""
