"""What a monitor tells, as lines for people."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, TextIO

from sentilora.cli.option_words import COMMAND_LINE
from sentilora.message import spelled

if TYPE_CHECKING:
    from sentilora.events import Event

_TOLD_S = 60.0


class LiveLines:
    """Prints what happens: alerts and refusals at once, numbers of texts once a minute.

    Args:
        file: what it is printed to; standard output when None.
    """

    def __init__(self, file: TextIO | None = None) -> None:
        self.file = file
        self.texts = 0
        self.told_s = 0.0

    def __call__(self, event: Event) -> None:
        """Print an event."""
        if event["kind"] == "alert":
            self._line(event["event"], f"{event['title']}: {event['told']}", event["time"])
        elif event["kind"] == "waiting":
            self._line("waiting", event["reason"], event["time"])
        elif event["kind"] in ("rules", "model"):
            self._line(event["kind"], _renewed(event), event["time"])
        elif event["kind"] in ("rules_refused", "model_refused"):
            self._line("refused", spelled(event["reason"], COMMAND_LINE), event["time"])
        elif event["kind"] == "listening":
            print(f"{'listening':<12}{event['url']}", flush=True, file=self.file or sys.stdout)
        elif event["kind"] == "stored":
            for one in event["refused"]:
                self._line("refused", one, event["time"])
            self.texts += event["texts"]
            if event["time"] - self.told_s >= _TOLD_S:
                self._line("stored", f"{self.texts:,} texts", event["time"])
                self.told_s = event["time"]

    def _line(self, what: str, told: str, moment_s: float) -> None:
        told = told.replace("\n", "; ")
        shown = "".join(sign if sign.isprintable() else "\ufffd" for sign in told)
        line = f"{what:<12}{moment(moment_s)}  {shown}"
        print(line, flush=True, file=self.file or sys.stdout)


def _renewed(event: Event) -> str:
    """Say which rules, or which model, hold from now on."""
    if event["kind"] == "model":
        return f"{event['name']} is {event['run']} from now on, it was {event['before']}"
    named = ("new", "changed", "removed")
    parts = [f"{what}: {', '.join(event[what])}" for what in named if event[what]]
    return f"{event['path']} read again; {'; '.join(parts) or 'who is told, and when'}"


def moment(seconds: float) -> str:
    """Write a moment, given in seconds since 1970."""
    return f"{dt.datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M}"
