#!/bin/sh
# The peers of association and of tracking, each in an environment of its own below .peers. Never imported by the package.
set -eu
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
octo=.peers/octo
[ -x $octo/bin/python ] || $python -m venv $octo
$octo/bin/python -m pip install --quiet --disable-pip-version-check "pyocto==0.2.2" "pyarrow>=17,<18" pandas numpy
soup=.peers/stonesoup
[ -x $soup/bin/python ] || $python -m venv $soup
$soup/bin/python -m pip install --quiet --disable-pip-version-check stonesoup numpy scipy
