#!/bin/sh
# Installs Truceline from this bundle, with no network: sh install.sh [FOLDER], by default /opt/truceline.
# Give another Python by PYTHON=python3.12. Nothing but the folder is written.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
to=${1:-/opt/truceline}
python=${PYTHON:-python3}
(cd "$here" && sha256sum --check --quiet --strict SHA256SUMS) || {
  echo "The bundle is not whole: a file differs from SHA256SUMS. Fetch it again." >&2; exit 1; }
made_for=$(cat "$here/MADE_FOR")
have=$("$python" -c 'import platform, sys; print("%d.%d %s" % (*sys.version_info[:2], platform.machine()))')
[ "$made_for" = "$have" ] || {
  echo "The bundle is for Python and machine $made_for, and here is $have. Name the right one: PYTHON=python3.11" >&2; exit 1; }
[ ! -e "$to" ] || { echo "$to exists already. Name another folder, or move it away." >&2; exit 1; }
"$python" -m venv "$to" || { echo "No venv module: on Debian, install python3-venv." >&2; exit 1; }
pip() { "$to/bin/python" -m pip --isolated --disable-pip-version-check --quiet install --no-index --find-links "$here/wheels" "$@"; }
pip --require-hashes --only-binary :all: -r "$here/requirements.txt"
pip --no-deps "$here"/wheels/truceline-*.whl
"$to/bin/truceline" --version
echo "Installed in $to. Is this machine fit to serve?  $to/bin/truceline doctor /var/lib/truceline"
