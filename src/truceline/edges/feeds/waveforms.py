"""Waveform files → waveforms: SAC, WAVE and miniSEED by our own formats, all else that obspy reads by obspy (an
extra).

Positions come from the SAC headers, or from StationXML by obspy.
"""

import csv
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from truceline.formats.miniseed import read_miniseed
from truceline.formats.miniseed_header import read_record_header
from truceline.formats.sac import read_sac
from truceline.formats.wav import read_wav
from truceline.model.instant import Instant
from truceline.model.problem import Place, Problem, Unusable
from truceline.model.waveform import Waveform

MOST_FILE_BYTES = 1024 * 1024 * 1024


def read_waveforms(path: Path, start_us: Instant | None) -> tuple[Waveform, ...]:
    """The channels of a file. start_us: when a sound file begins, which does not say so itself. Raises Unusable."""
    try:
        if path.stat().st_size > MOST_FILE_BYTES:
            raise Unusable([Problem(Place(str(path)), "the file is larger than 1 GiB", "send it in parts")])
        data = path.read_bytes()
    except OSError as error:
        raise Unusable([Problem(Place(str(path)), f"cannot be read ({error.strerror})", "check the path")]) from None
    suffix = path.suffix.lower()
    if suffix == ".sac":
        return (read_sac(str(path), data),)
    if suffix in (".wav", ".wave"):
        if start_us is None:
            problem = Problem(Place(str(path)), "a sound file states no time", "say with --start when it begins")
            raise Unusable([problem])
        heard = read_wav(str(path), data, start_us)
        return tuple(replace(one, channel=f".{path.stem}..{number}") for number, one in enumerate(heard))
    if _is_miniseed(data):
        return _miniseed(path, data)
    return _by_obspy(path)


def _is_miniseed(data: bytes) -> bool:
    try:
        read_record_header(data[:512])
    except ValueError:
        return False
    return True


def _miniseed(path: Path, data: bytes) -> tuple[Waveform, ...]:
    pieces, problems = read_miniseed(str(path), data)
    if problems:
        raise Unusable(problems)
    seen: set[str] = set()
    for piece in pieces:
        if piece.channel in seen:
            what = f"channel {piece.channel} has a gap"
            raise Unusable([Problem(Place(str(path)), what, "send a span without one")])
        seen.add(piece.channel)
    return pieces


def _by_obspy(path: Path) -> tuple[Waveform, ...]:
    obspy = _obspy(path)
    try:
        stream: Any = obspy.read(str(path))
    except Exception as error:  # obspy raises whatever the reader of a format raises
        what = f"obspy cannot read it ({type(error).__name__}: {error})"
        raise Unusable([Problem(Place(str(path)), what, "send miniSEED, SAC or WAV")]) from None
    return tuple(_waveform(path, trace) for trace in stream.merge(method=1, fill_value=None))


def _waveform(path: Path, trace: Any) -> Waveform:
    samples = trace.data
    if np.ma.isMaskedArray(samples) or not np.isfinite(samples).all():
        raise Unusable([Problem(Place(str(path)), f"channel {trace.id} has a gap", "send a span without one")])
    return Waveform(
        channel=trace.id,
        start_us=trace.stats.starttime.ns // 1_000,
        rate_hz=float(trace.stats.sampling_rate),
        samples=np.asarray(samples, "<f8").tobytes(),
    )


def placed(waveforms: Iterable[Waveform], stations: Path | None) -> tuple[Waveform, ...]:
    """Waveforms with the positions that a StationXML file gives their channels. Raises Unusable."""
    if stations is None:
        return tuple(waveforms)
    obspy = _obspy(stations)
    try:
        inventory: Any = obspy.read_inventory(str(stations))
    except Exception as error:  # as above
        what = f"obspy cannot read it ({type(error).__name__}: {error})"
        raise Unusable([Problem(Place(str(stations)), what, "send StationXML")]) from None
    found = []
    for waveform in waveforms:
        try:
            at = inventory.get_coordinates(waveform.channel)
        except Exception:  # obspy raises a bare Exception where a channel is not there
            what = f"channel {waveform.channel} is not in it"
            raise Unusable([Problem(Place(str(stations)), what, "give the stations of these channels")]) from None
        found.append(replace(waveform, lon=at["longitude"], lat=at["latitude"], height_m=at["elevation"]))
    return tuple(found)


def with_elements(waveforms: Iterable[Waveform], elements: Path) -> list[Waveform]:
    """Waveforms with the positions of a CSV file (columns channel, lon, lat). Raises Unusable."""
    try:
        rows = list(csv.DictReader(elements.read_text("utf-8-sig").splitlines()))
        places = {row["channel"].strip(): (float(row["lon"]), float(row["lat"])) for row in rows}
    except OSError as error:
        raise Unusable(
            [Problem(Place(str(elements)), f"cannot be read ({error.strerror})", "check the path")]
        ) from None
    except (KeyError, ValueError, TypeError, AttributeError, csv.Error):
        what = "not a table of channel, lon, lat"
        raise Unusable([Problem(Place(str(elements)), what, "write the header channel,lon,lat")]) from None
    found = []
    for waveform in waveforms:
        lon, lat = places.get(waveform.channel, (waveform.lon, waveform.lat))
        found.append(replace(waveform, lon=lon, lat=lat))
    return found


def _obspy(path: Path) -> Any:
    try:
        import obspy  # noqa: PLC0415 (optional)
    except ImportError:
        what = "this needs the package obspy, which is not installed"
        raise Unusable([Problem(Place(str(path)), what, "install truceline with its extra `waveforms`")]) from None
    return obspy
