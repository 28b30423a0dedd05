#!/bin/sh
# An environment of its own for the peers of benchmarks/array_processing.py. The product never imports them.
# Methods that no package index carries (lts_array 2.0, infrapy 0.4) are compared too where PEER_PATH names the folders
# of their sources, separated by colons.
set -eu
cd "$(dirname "$0")/../.."
[ -x .peers/array/bin/python ] || ${PYTHON:-python3} -m venv .peers/array
.peers/array/bin/python -m pip install --quiet --disable-pip-version-check obspy==1.5.1 numba==0.68.1 pyproj pandas
echo "made .peers/array; run: python benchmarks/array_processing.py --peers"
