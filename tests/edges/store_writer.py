"""A process that appends to a store as fast as it can, and writes a line for each batch once it is acknowledged.

python store_writer.py STORE FIRST SIZE_OF_BATCH BATCHES
"""

import os
import sys
from pathlib import Path

from truceline.edges.store.door import Received
from truceline.edges.store.sqlite import SqliteStore
from truceline.model.problem import Unusable


def main(path: str, first: int, step: int, batches: int) -> int:
    store = SqliteStore(Path(path))
    os.write(1, b"open\n")
    for number in range(batches):
        start = first + number * step
        try:
            store.append(
                [Received("observation", str(i), f"observation {i} ".encode() * 20) for i in range(start, start + step)]
            )
            if number % 3 == 2:
                store.seal()
        except Unusable as unusable:
            os.write(2, f"{unusable}\n".encode())
            return 1
        os.write(1, f"{start + step}\n".encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *(int(one) for one in sys.argv[2:5])))
