#!/bin/sh
# Install the tool into a virtual environment of its own: sh deploy/build.sh FOLDER [EXTRAS]
# The steps of the Dockerfile and of the systemd recipe. No compiler: whatever is not ours is a wheel.
# PYTHON chooses the interpreter (3.11 to 3.13). The front-end files are fetched by npm where it is.
set -eu
target=${1:?"usage: sh deploy/build.sh FOLDER [EXTRAS]"}
extras=${2:-solver}
cd "$(dirname "$0")/.."

if [ ! -d lti_tool/web/static/vendor ]; then
    [ -d node_modules/htmx.org ] || npm ci --omit=dev --no-audit --no-fund
    "${PYTHON:-python3}" -c 'from tools import assets
for name, pin in assets.pinned().items():
    assets.vendor(name, pin)'
fi
"${PYTHON:-python3}" -m venv "$target"
pip="$target/bin/python -I -m pip install --disable-pip-version-check --no-input --quiet"
$pip --constraint constraints.txt setuptools wheel
$pip --constraint constraints.txt --only-binary :all: --no-build-isolation ".[$extras]"
"$target/bin/quoin" --version
