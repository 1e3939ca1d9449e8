"""Events of a run as lines and a progress bar on stderr."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from sentilora.cli.option_words import COMMAND_LINE
from sentilora.evaluation.reports.wording import duration
from sentilora.events import Event
from sentilora.message import spelled

PLAIN_INTERVAL_S = 30.0


def make_bar(console: Console, *, is_shown: bool = True, redirects: bool = True) -> Progress:
    """Make a bar that goes when it is done.

    Args:
        console: where it is drawn, if that is a terminal.
        is_shown: whether it is drawn at all.
        redirects: whether what is printed meanwhile is drawn above it, on ``console``.
    """
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        TextColumn("{task.fields[tail]}"),
        console=console,
        transient=True,
        redirect_stdout=redirects,
        redirect_stderr=redirects,
        disable=not (is_shown and console.is_terminal),
    )


class ProgressBar:
    """A listener that draws; use it as a context manager.

    On a terminal it shows one moving bar. Into a file or a log it writes a line each half minute.
    """

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False)
        self._bar = make_bar(self.console)
        self._task: TaskID | None = None
        self._done = 0
        self._total: int | None = None
        self._name = ""
        self._spoke = 0.0

    def __enter__(self) -> ProgressBar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        handler = getattr(self, f"_on_{event['kind']}", None)
        if handler is not None:
            handler(spelled(event, COMMAND_LINE))

    def _on_started(self, event: Event) -> None:
        rows = event["rows"]
        self._say(f"run         {event['run']}")
        self._say(f"base        {event['base']} on {event['device']} ({event['precision']})")
        self._say(f"labels      {', '.join(event['labels'])}")
        self._say(
            f"rows        {rows['train']:,} train, {rows['validation']:,} validation, "
            f"{rows['test']:,} test"
        )
        for note in event["notes"]:
            self._say(f"note        {note}")

    def _on_adapting(self, event: Event) -> None:
        counts = event["data"]
        self._say(f"folder      {event['folder']}")
        self._say(f"base        {event['base']} on {event['device']} ({event['precision']})")
        self._say(
            f"texts       {event['texts']:,} of {counts['read']:,} rows, {event['held_out']:,} of "
            f"them held out; {event['tokens']:,} tokens in {event['windows']:,} windows"
        )
        self._say(
            f"left out    {counts['guarded']:,} that stand in a test file, "
            f"{counts['duplicates']:,} duplicates, {counts['bad']:,} bad"
        )

    def _on_held_out(self, event: Event) -> None:
        self._say(
            f"held out    update {event['step']:,}: {event['accuracy']:.1%} of the hidden tokens "
            f"right, loss {event['loss']:.3f}"
        )

    def _on_note(self, event: Event) -> None:
        self._say(f"note        {event['text']}")

    def _on_fit(self, event: Event) -> None:
        trainable, total = event["trainable_parameters"], event["total_parameters"]
        self._say(f"trainable   {trainable:,} of {total:,} weights ({trainable / total:.1%})")

    def _on_phase(self, event: Event) -> None:
        self._new_task(event["name"], event["total"])

    def _on_progress(self, event: Event) -> None:
        self._done += event["done"]
        tail = f"{self._done:,} of {self._total:,}" if self._total else f"{self._done:,}"
        self._update(self._done, tail)

    def _on_step(self, event: Event) -> None:
        if self._name != "train":
            self._new_task("train", event["steps"])
        left = event["seconds_left"]
        tail = (
            f"update {event['step']:,}/{event['steps']:,}  epoch {event['epoch']:.2f}  "
            f"loss {event['loss']:.4f}  {event['tokens_per_second']:,.0f} tokens/s  "
            f"{duration(left)} left"
        )
        self._update(event["step"], tail)

    def _on_evaluation(self, event: Event) -> None:
        self._say(
            f"validation  update {event['step']:,}: accuracy {event['accuracy']:.4f}, "
            f"macro F1 {event['macro_f1']:.4f}, log loss {event['log_loss']:.4f}"
        )

    def _on_interrupted(self, event: Event) -> None:
        if event["step"] is not None:
            self._say(f"stopping    after update {event['step']:,}; state saved")

    def _new_task(self, name: str, total: int | None) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._name, self._total, self._done = name, total, 0
        self._task = self._bar.add_task(name, total=total, tail="")
        if not self.console.is_terminal:
            self._say(f"{name} …")
            self._spoke = time.monotonic()

    def _update(self, done: int, tail: str) -> None:
        if self._task is not None:
            self._bar.update(self._task, completed=done, tail=tail)
        if not self.console.is_terminal and time.monotonic() - self._spoke > PLAIN_INTERVAL_S:
            self._say(f"{self._name}  {tail}")
            self._spoke = time.monotonic()

    def _say(self, line: str) -> None:
        self._bar.console.print(line, markup=False, soft_wrap=True)
