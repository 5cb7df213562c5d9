#!/bin/sh
# The browser tests need Debian's Chromium. Root installs it; others are told what to do.
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing Chromium for the browser tests …"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends chromium >/dev/null && exit 0
fi
echo "Chromium is not here: the browser tests (tests/journeys) will be skipped." >&2
echo "To run them: apt-get install chromium, then run this again." >&2
exit 0
