"""Array processing: where a sound came from, from a handful of microphones or barometers that heard it together.

The story, top to bottom (`direction.find_directions`):

1. `windows`     the record is band-passed and cut into windows; each window becomes the spectra of its elements
2. `scan`        the coherence of all pairs of elements, summed over a grid of slowness: where the beams peak
3. `hypotheses`  all elements are good; or one is to be left out; or one has its wires crossed (a flipped sign)
4. `evidence`    how probable the window is, given a hypothesis and a direction; all spectra integrated out
5. `refine`      each candidate sharpened by Newton's steps on the beam, weighted where the signal is
6. `posterior`   the candidates as one probability over azimuth: the azimuth, its 95 % interval, who is suspect
7. `arrivals`    windows that agree become arrivals with a time

Nothing is decided by a threshold on the way: a bad element makes its own hypothesis probable, and where the data
cannot tell which element is bad, the interval holds every answer. Method, limits and measured figures:
docs/science/arrays.md.
"""
