#!/bin/sh
# Make .venv with every locked library. Run again at will: what is there already is kept.
set -eu
PYTHON=${PYTHON:-python3}
if [ ! -x .venv/bin/python ]; then
  "$PYTHON" -m venv .venv || {
    echo "python3 cannot make virtual environments here." >&2
    echo "On Debian: apt-get install python3-venv" >&2
    exit 1
  }
fi
[ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
.venv/bin/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock
.venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable . 2>/dev/null ||
  .venv/bin/uv pip install --quiet --no-deps --editable .
