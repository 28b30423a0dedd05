"""One file a wire format: bytes in, records out, faults as values. Pure; the layout stands in each docstring."""
