"""Degrees to metres and back, distance and azimuth, lines and polygons with uncertain edges."""
