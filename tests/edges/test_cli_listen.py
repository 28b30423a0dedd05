"""`truceline listen` on the real record: lines of contract 1, excerpts, and mistakes in words."""

import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from truceline.edges.cli.main import main
from truceline.formats.miniseed import write_records
from truceline.formats.observations_ndjson import read_observation
from truceline.formats.wav import write_wav
from truceline.model.instant import parse_utc
from truceline.model.network import Sensor
from truceline.model.observation import Arrival
from truceline.sim.waves import InventedArray, record

RECORD = Path(__file__).parents[1] / "data" / "array_record"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """The real record's four channels, the first two minutes about its loudest."""
    made = []
    for packed in sorted(RECORD.glob("*.xz")):
        path = tmp_path / packed.name.removesuffix(".xz")
        path.write_bytes(lzma.decompress(packed.read_bytes()))
        made.append(str(path))
    return made


ARGS = ["--sensor", "BRP", "--band", "0.5", "5", "--wave", "infrasound", "--delay-sigma", "0.01"]


def test_the_real_record_gives_lines_of_contract_1(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["listen", *files, *ARGS, "--excerpts", str(tmp_path / "sound")]) == 0
    heard = [read_observation(line.encode()) for line in capsys.readouterr().out.splitlines()]
    assert len(heard) > 20
    loud = [seen for seen in heard if isinstance(seen, Arrival) and (seen.snr_db or 0.0) > 9.0]
    assert loud and all(
        min(abs((seen.azimuth_deg or 0.0) - at) for at in (250.5, 321.0)) < 8.0 and seen.wave == "infrasound"
        for seen in loud
    )
    kept = {path.stem for path in (tmp_path / "sound").iterdir()}
    assert {seen.exhibits[0].sha256 for seen in heard} == kept


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files: [*files[:2], *ARGS], "an array has 3 or more"),
        (lambda files: [*files, *ARGS[:2], "--band", "5", "500"], "does not fit"),
        (lambda files: [*files, *ARGS, "--window", "0.1"], "too short for the band"),
        (lambda files: [*files[:3], "nowhere.sac", *ARGS], "cannot be read"),
        (lambda files: [*files, *ARGS, "--delay-sigma", "0"], "above zero"),
    ],
)
def test_mistakes_are_told(change: object, said: str, files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert callable(change)
    assert main(["listen", *change(files)]) == 1
    assert said in capsys.readouterr().err


def test_sound_files_must_say_when_they_begin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    assert main(["listen", str(tmp_path / "a.wav"), *ARGS]) == 1
    assert "states no time" in capsys.readouterr().err


def test_miniseed_and_stationxml_by_obspy(files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    obspy = pytest.importorskip("obspy")
    stream = obspy.Stream([obspy.read(name)[0] for name in files]).trim(nearest_sample=True)
    positions = {trace.stats.station: (trace.stats.sac.stla, trace.stats.sac.stlo) for trace in stream}
    start = stream[0].stats.starttime
    stream.trim(start + 800, start + 860).write(str(tmp_path / "all.mseed"), format="MSEED")
    inventory = obspy.core.inventory
    stations = [
        inventory.Station(
            name, float(lat), float(lon), 0.0,
            channels=[inventory.Channel("EDF", "", float(lat), float(lon), 0.0, 0.0, start_date=start - 86_400)],
            start_date=start - 86_400,
        )
        for name, (lat, lon) in positions.items()
    ]  # fmt: skip
    network = inventory.Network("YJ", stations, start_date=start - 86_400)
    inventory.Inventory([network], source="test").write(str(tmp_path / "array.xml"), format="STATIONXML")
    command = ["listen", str(tmp_path / "all.mseed"), "--stations", str(tmp_path / "array.xml"), *ARGS]
    assert main(command) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines and all(abs(line["azimuth_deg"] - 321.0) < 12.0 for line in lines if line["snr_db"] > 6.0)
    assert main(["listen", str(tmp_path / "array.xml"), *ARGS]) == 1
    assert "obspy cannot read it" in capsys.readouterr().err


def test_positions_by_a_table_for_sound_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sensor = Sensor(id="A1", kind="acoustic_array", provider="n", lon=37.0, lat=48.0, time_sigma_s=0.01)
    begin = parse_utc("2026-03-02T10:51:38.5Z")
    blast = Arrival(
        id="a", sensor="A1", time_us=begin + 6_000_000, time_sigma_s=0.0, received_us=begin, digest="", wave="acoustic",
        azimuth_deg=222.0, snr_db=25.0,
    )  # fmt: skip
    array = InventedArray(sensor, 0)
    rows = ["channel,lon,lat"]
    files = []
    for number, heard in enumerate(record(array, [blast], begin, 12.0, np.random.default_rng(4))):
        samples = np.frombuffer(heard.samples, "<f8")
        path = tmp_path / f"m{number}.wav"
        path.write_bytes(write_wav((samples / 200.0).tolist(), 100))
        files.append(str(path))
        rows.append(f".m{number}..0,{heard.lon},{heard.lat}")
    table = tmp_path / "elements.csv"
    table.write_text("\n".join(rows))
    command = [
        "listen",
        *files,
        "--sensor",
        "A1",
        "--band",
        "2",
        "20",
        "--window",
        "1.5",
        "--start",
        "2026-03-02T10:51:38.5Z",
    ]
    assert main([*command, "--elements", str(table)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    told = read_observation(line.encode())
    assert isinstance(told, Arrival) and told.azimuth_deg == pytest.approx(222.0, abs=2.0)
    assert abs(told.time_us - blast.time_us) < 30_000
    assert main(command) == 1
    assert "no position of .m0..0" in capsys.readouterr().err
    table.write_text("channel;lon;lat\n")
    assert main([*command, "--elements", str(table)]) == 1
    assert "no position" in capsys.readouterr().err
    table.write_text("channel,lon,lat\n.m0..0,east,48\n")
    assert main([*command, "--elements", str(table)]) == 1
    assert "not a table of channel, lon, lat" in capsys.readouterr().err
    assert main([*command, "--elements", str(tmp_path / "none.csv")]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_miniseed_needs_no_other_package(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sensor = Sensor(id="A1", kind="acoustic_array", provider="n", lon=37.0, lat=48.0, time_sigma_s=0.01)
    waveforms = record(InventedArray(sensor, 0), [], 0, 5.0, np.random.default_rng(4))
    data = b"".join(one for waveform in waveforms for one in write_records(waveform))
    (tmp_path / "all.mseed").write_bytes(data)
    (tmp_path / "elements.csv").write_text(
        "\n".join(["channel,lon,lat", *(f"{one.channel},{one.lon},{one.lat}" for one in waveforms)])
    )
    command = ["listen", str(tmp_path / "all.mseed"), "--elements", str(tmp_path / "elements.csv"), "--sensor", "A1"]
    command += ["--band", "2", "20", "--window", "1.5"]
    assert main(command) == 0
    assert capsys.readouterr().out == ""
    (tmp_path / "all.mseed").write_bytes(data[:512] + data[1_024:])
    assert main(command) == 1
    assert "channel XX.A0000.00.HDF has a gap" in capsys.readouterr().err
    (tmp_path / "all.mseed").write_bytes(data[:512] + b"#" * 512 + data[1_024:])
    assert main(command) == 1
    assert "byte 512" in capsys.readouterr().err
