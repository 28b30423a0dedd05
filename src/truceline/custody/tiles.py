"""A log as static files (C2SP tlog-tiles 0.1.0): tiles of hashes and bundles of entries, 256 each.

    tile/L/N[.p/W]         hashes of level 8L, 32 bytes each; W of them where the tile is not full yet
    tile/entries/N[.p/W]   entries, each after its length (two bytes, big-endian)

N is written in groups of three digits, all but the last with an x before: 1234067 → x001/x234/067.
"""

from collections.abc import Mapping, Sequence

from truceline.custody.merkle import leaf_hash, root_of

WIDTH = 256
HASH_BYTES = 32


def tile_files(entries: Sequence[bytes]) -> dict[str, bytes]:
    """All tiles and bundles of a log of these entries, by path."""
    files = {_path("entries", n, len(some)): _bundle(some) for n, some in _groups(entries)}
    hashes, level = [leaf_hash(entry) for entry in entries], 0
    while hashes:
        files |= {_path(str(level), n, len(some)): b"".join(some) for n, some in _groups(hashes)}
        full = len(hashes) // WIDTH
        hashes = [root_of(hashes[n * WIDTH : (n + 1) * WIDTH]) for n in range(full)]
        level += 1
    return files


def bundle_paths(size: int) -> list[str]:
    """The paths of the bundles of a log of so many entries, in order."""
    return [_path("entries", n, min(WIDTH, size - n * WIDTH)) for n in range(-(-size // WIDTH))]


def read_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises ValueError if it ends within one."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2])
        if at + 2 > len(data) or end > len(data):
            raise ValueError(f"the bundle ends within its entry {len(entries)}")
        entries.append(data[at + 2 : end])
        at = end
    return entries


def read_entries(files: Mapping[str, bytes], size: int) -> list[bytes]:
    """The first `size` entries of a log. Raises ValueError, naming the bundle that is missing or damaged."""
    found: list[bytes] = []
    for path in bundle_paths(size):
        if path not in files:
            raise ValueError(f"{path}: the bundle is missing")
        try:
            entries = read_bundle(files[path])
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        if len(entries) != min(WIDTH, size - len(found)):
            raise ValueError(f"{path}: the bundle has {len(entries)} entries")
        found += entries
    return found


def _groups(items: Sequence[bytes]) -> list[tuple[int, Sequence[bytes]]]:
    return [(n, items[n * WIDTH : (n + 1) * WIDTH]) for n in range(-(-len(items) // WIDTH))]


def _bundle(entries: Sequence[bytes]) -> bytes:
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


def _path(level: str, number: int, width: int) -> str:
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    return f"tile/{level}/{'/'.join(groups)}" + (f".p/{width}" if width < WIDTH else "")
