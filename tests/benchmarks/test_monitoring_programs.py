"""The programs that measure the monitor, on little."""

import json

from benchmarks.monitoring import day, delays


def test_delays_of_a_rise_are_told_beside_other_ways(tmp_path, capsys):
    output = tmp_path / "delays.json"
    how = ["--texts-a-day", "100", "--months", "10", "--changes", "3", "--output", str(output)]
    assert delays.main(how) == 0
    record = json.loads(output.read_text(encoding="utf-8"))
    found = record["sides"]["`change`"]
    assert found["false"]["alarms"] <= 3
    assert found["after"]["50%"]["median"] < 200
    tuned = [one for name, one in record["sides"].items() if name.startswith("rolling mean")]
    assert [one["false"]["months_with"] for one in tuned] == [1, 1]
    assert "| `change` |" in capsys.readouterr().out


def test_a_day_is_stored_whole_and_its_memory_read(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(day, "PERIOD_S", 0.02)
    output = tmp_path / "day.json"
    assert day.main(["drawn", "--rows", "3000", "--slack", "1000", "--output", str(output)]) == 0
    record = json.loads(output.read_text(encoding="utf-8"))
    assert record["day"]["texts"] == 3000
    assert ["opened", "worse"] in record["day"]["alerts"]
    assert record["day"]["peak_bytes"]["second"] > 0
    assert "3,000 texts" in capsys.readouterr().out
