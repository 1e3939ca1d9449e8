"""How far a training is, read from the events in its run folder and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

STARTING, RUNNING, STOPPED = "starting", "running", "stopped"
FAILED, FINISHED = "failed", "finished"
ELSEWHERE = "at work elsewhere"


@dataclass(frozen=True)
class Watched:
    """What a training has told so far.

    Attributes:
        state: state of the training: ``starting``, ``running``, ``at work elsewhere``, ``stopped``
            (can go on), ``failed`` or ``finished``.
        phase: name of the phase that it is in.
        step, steps: numbers of updates done, and in all; None before the first one.
        seconds_left: time that the updates will still take, in seconds, as estimated.
        losses: points ``(step, loss)``; a step that was done again after a stop counts once.
        evaluations: events of the validation part, by step.
        rows: number of rows of each part.
        labels: label names in id order.
        notes: remarks for the user, each once.
        error: reason why it failed.
        metrics: figures on the test part, once it has finished.
    """

    state: str
    phase: str
    step: int | None
    steps: int | None
    seconds_left: float | None
    losses: list[tuple[int, float]]
    evaluations: list[dict[str, Any]]
    rows: dict[str, int]
    labels: list[str]
    notes: list[str]
    error: str | None
    metrics: dict[str, Any] | None

    @property
    def share(self) -> float:
        """Of the updates that are done, in ``[0, 1]``."""
        return min(1.0, (self.step or 0) / self.steps) if self.steps else 0.0


def watch(
    events: Iterable[dict[str, Any]],
    *,
    is_alive: bool,
    is_elsewhere: bool = False,
    said: str | None = None,
) -> Watched:
    """Put the events of a run together.

    Args:
        events: events of the run, from :func:`~sentilora.runs.events.read_events`.
        is_alive: whether a process that the page started works on it.
        is_elsewhere: whether somebody else seems to work on it.
        said: error that the process printed, in words of the page; None where it printed none.
    """
    seen = list(events)
    by_kind = {event["kind"]: event for event in seen}  # the last one of each kind
    losses = {event["step"]: event["loss"] for event in seen if event["kind"] == "step"}
    evaluated = {event["step"]: event for event in seen if event["kind"] == "evaluation"}
    started, step = by_kind.get("started", {}), by_kind.get("step", {})
    told = [event for event in seen if event["kind"] in ("started", "note")]
    notes = [note for event in told for note in event.get("notes", [event.get("text")])]
    state, error = _state(seen, is_alive, said)
    if is_elsewhere and state == STOPPED:
        state, error = ELSEWHERE, None
    return Watched(
        state=state,
        phase=_phase(seen),
        step=step.get("step"),
        steps=step.get("steps"),
        seconds_left=step.get("seconds_left"),
        losses=sorted(losses.items()),
        evaluations=[evaluated[number] for number in sorted(evaluated)],
        rows=dict(started.get("rows", {})),
        labels=list(started.get("labels", [])),
        notes=list(dict.fromkeys(note for note in notes if note)),
        error=error,
        metrics=by_kind.get("finished", {}).get("metrics"),
    )


def _state(
    events: list[dict[str, Any]], is_alive: bool, said: str | None
) -> tuple[str, str | None]:
    """Return the state, and what went wrong."""
    last = events[-1]["kind"] if events else None
    if last == "finished":
        return FINISHED, None
    if is_alive:
        return (RUNNING if events else STARTING), None
    if last == "interrupted":
        return STOPPED, None
    if last == "failed":
        return FAILED, said or str(events[-1]["error"])
    if not events:
        return FAILED, said or "The training ended before it had begun, and said nothing."
    # Killed, or the machine went down: what was written holds, so it can go on.
    return STOPPED, said


def _phase(events: list[dict[str, Any]]) -> str:
    """Return what a training is at, in words."""
    words = {"fit": "train", "step": "train", "evaluation": "train", "checkpoint": "train"}
    for event in reversed(events):
        if event["kind"] == "phase":
            return str(event["name"])
        if event["kind"] in words:
            return words[event["kind"]]
    return "read the data" if events else "start"
