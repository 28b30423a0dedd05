"""Writes every golden file anew: make golden. Look at the difference before you commit it."""

from .made import MAKERS, ROOT


def main() -> None:
    for maker in MAKERS:
        for path, data in maker().items():
            file = ROOT / path
            if not file.exists() or file.read_bytes() != data:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
                print(f"changed: {path}")


if __name__ == "__main__":
    main()
