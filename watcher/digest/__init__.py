"""Digests, from selection to a finished mail; decides and builds, never reads a clock or sends.

cron      five fields to a set of times
schedule  which slots are due, and which of the missed ones still go out
select    stored items to a Digest: filter, order, group, count
lead      the sentence shown under a title
view      a Digest to the words on the page, for every format people read
render    a Digest to bytes, by a table of formats: html, txt, markdown, jsonform, atom
mail      a Digest to one MIME message a recipient
retry     when a refused delivery is tried again
"""
