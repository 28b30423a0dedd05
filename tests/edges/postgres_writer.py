"""A process that appends to a PostgreSQL store as fast as it can, and says of each batch when it is acknowledged.

python postgres_writer.py URL SCHEMA FIRST SIZE_OF_BATCH
"""

import os
import sys

from truceline.edges.store.door import Received
from truceline.edges.store.postgres.store import PostgresStore
from truceline.model.problem import Unusable


def main(url: str, schema: str, first: int, step: int) -> int:
    """Append until killed, or until the server is."""
    store = PostgresStore(url, schema=schema)
    os.write(1, b"open\n")
    for number in range(100_000):
        start = first + number * step
        try:
            store.append(
                [Received("observation", str(i), b"observation %d " % i * 20) for i in range(start, start + step)]
            )
            if number % 5 == 4:
                store.seal()
        except Unusable as unusable:
            os.write(2, f"{unusable}\n".encode())
            return 1
        os.write(1, b"%d\n" % (start + step))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
