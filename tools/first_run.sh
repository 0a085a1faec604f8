#!/bin/sh
# What `make run` does: one pass over the shipped config, a digest of it, and where to go from there.
watcher=$1
set -eu

echo "1. Polling the sources of config/ (feeds that cannot be reached are passed over) ..."
"$watcher" poll || [ $? -eq 1 ]

# The sample posts are older than a first poll's news, so the window is named.
echo
echo "2. Making the digests of everything since 2025-11-01 ..."
"$watcher" digest send daily weekly chengyu --since 2025-11-01

echo
echo "3. What there is now:"
"$watcher" status
echo
newest=$(ls -t var/digests/daily-*.html | head -n 1)
echo "The digest:    $PWD/$newest   (open it in a browser)"
echo "The database:  $PWD/var/watcher.db   (any SQLite tool opens it; so does: datasette var/watcher.db)"
echo
echo "Next, for example:"
echo "  $watcher search 重庆 标识解析       look something up"
echo "  $watcher why 1                      why an item got its tags and its date"
echo "  $watcher digest preview chengyu     see a digest without sending it"
echo "  edit config/*.toml, then:  $watcher check"
echo "  $watcher run                        poll and send on schedule, as a service would"
