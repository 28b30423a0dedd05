#!/bin/sh
# The server that the tests of the PostgreSQL store start for themselves: Debian's own, with PostGIS. No cluster is made.
set -eu
ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 && exit 0
mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql postgresql-postgis
