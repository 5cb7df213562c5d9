#!/bin/sh
# Make .venv with every locked library. Run again at will: what is there already is kept.
set -eu
PYTHON=${PYTHON:-python3}

# Debian's python3 cannot make virtual environments until python3-venv is there.
if [ ! -x .venv/bin/python ] && ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing python3-venv …"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
  else
    echo "This python3 cannot make virtual environments." >&2
    echo "On Debian: apt-get install python3-venv, then run this again." >&2
    exit 1
  fi
fi
[ -x .venv/bin/python ] || "$PYTHON" -m venv .venv
[ -x .venv/bin/uv ] ||
  .venv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
.venv/bin/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock
.venv/bin/uv pip install --quiet --no-deps --editable .
