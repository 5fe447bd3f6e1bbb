#!/bin/sh
# Find a Python that will do, and hand over to bootstrap.py.
here=$(dirname "$0")
suits='import sys; sys.exit(sys.version_info < (3, 12))'
for python in "$PYTHON" python3.13 python3.12 python3 python3.14 "$HOME"/.pyenv/versions/3.1[2-9]*/bin/python; do
    if [ -n "$python" ] && "$python" -c "$suits" >/dev/null 2>&1; then
        exec "$python" "$here/bootstrap.py" "$@"
    fi
done
echo "The portal needs Python 3.12 or later (found: $(python3 --version 2>/dev/null || echo none)): install python3 and python3-venv, or name one with PYTHON=/path/to/python." >&2
exit 3
