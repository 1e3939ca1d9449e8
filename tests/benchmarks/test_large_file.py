"""Streaming, killing and going on, with a tiny model and some pieces of rows."""

import json

import pytest

from benchmarks import large_file as streaming


@pytest.mark.process
@pytest.mark.usefixtures("warm_processes")
def test_what_is_killed_is_finished_and_whole(tiny_run, tmp_path, capsys):
    arguments = [str(tiny_run.path), "--rows", "24000", "--kill-at", "0.3", "--precision", "fp32"]
    assert streaming.main([*arguments, "--output", str(tmp_path / "out.json")]) == 0
    record = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert record["killed"]["returncode"] == -9
    resumed = record["resumed"]["summary"]["resumed"]
    assert 8192 <= resumed < 24000
    assert resumed % 8192 == 0
    assert record["checked_rows"] == record["resumed"]["summary"]["rows"] == 24000
    assert record["killed"]["first_half_bytes"] > 50e6
    assert f"24,000 rows, each once, in order; {resumed:,} of them" in capsys.readouterr().out


@pytest.mark.parametrize("ids", [(0, 1), (0, 1, 1, 2), (0, 2, 1)])
def test_lost_doubled_and_mixed_up_rows_are_seen(tmp_path, ids):
    path = tmp_path / "out.csv"
    path.write_text("id,label\n" + "".join(f"{one},a\n" for one in ids), encoding="utf-8")
    with pytest.raises(SystemExit, match=r"row \d of the output|has 2 rows, expected 3"):
        streaming.check(path, 3)
