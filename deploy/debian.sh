#!/bin/sh
# What some tests need of Debian: Chromium as a browser, Pango for the summary in a copy, PgBouncer.
# Root installs it; others are told what to do.
absent=""
command -v chromium >/dev/null 2>&1 || absent="chromium"
.venv/bin/python -c "import weasyprint" >/dev/null 2>&1 ||
  absent="$absent libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
PATH="$PATH:/usr/sbin" command -v pgbouncer >/dev/null 2>&1 || absent="$absent pgbouncer"
[ -n "$absent" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing what the tests need: $absent …"
  # shellcheck disable=SC2086  # several names
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends $absent >/dev/null && exit 0
fi
echo "Not here: $absent. The tests that need it will be skipped." >&2
echo "To run them: apt-get install $absent, then run this again." >&2
exit 0
