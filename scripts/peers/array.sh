#!/bin/sh
# An environment of its own for the peers of benchmarks/array_processing.py. The product never imports them.
# Methods that no package index carries (lts_array, infrapy) are compared too where PEER_PATH names their folder.
set -eu
cd "$(dirname "$0")/../.."
python3 -m venv .peers/array
.peers/array/bin/python -m pip install --quiet --disable-pip-version-check obspy==1.5.1 numba==0.68.1
echo "made .peers/array; run: python benchmarks/array_processing.py --peers"
