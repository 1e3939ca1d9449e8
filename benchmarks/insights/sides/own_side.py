"""The side of SentiLoRA, a process by itself, with the job and the answer of ``bertopic_side``."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

import sentilora
from sentilora.insights.statements.encoder import TopicEncoder
from sentilora.insights.themes.clusters import Centres, assign
from sentilora.insights.themes.theme_search import find_themes


def main(job_path: str, answer_path: str) -> None:
    """Do the job; rows not fitted on join the nearest theme, as those of a later report do."""
    job = json.loads(Path(job_path).read_text("utf-8"))
    texts = json.loads(Path(job["texts"]).read_text("utf-8"))
    started = time.perf_counter()
    if job["vectors"] is None:
        vectors = TopicEncoder(sentilora.load("general")).embed(texts)
        if job.get("keep"):
            np.save(job["keep"], vectors)
    else:
        vectors = np.load(job["vectors"])
    embed_s = time.perf_counter() - started
    fits: list[dict[str, Any]] = []
    for seed, wanted in enumerate(job["fits"]):
        started = time.perf_counter()
        rows = np.arange(len(texts)) if wanted is None else np.asarray(wanted)
        found = find_themes(
            vectors[rows],
            [texts[row] for row in rows],
            text_index=np.arange(len(rows)),
            kinds=np.zeros(len(rows), np.int8),
            seed=seed,
        )
        topics = np.full(len(texts), -1, np.int64)
        topics[rows] = found.theme_of
        seconds = time.perf_counter() - started
        left = np.setdiff1d(np.arange(len(texts)), rows)
        if len(left) and found.kept is not None:
            kept = found.kept.themes
            centres = Centres(
                np.array([theme.centre for theme in kept]),
                np.array([theme.least for theme in kept]),
            )
            topics[left], _ = assign(vectors[left], centres, found.kept.space)
        names = [[theme.name, ", ".join(theme.words), theme.stability] for theme in found.themes]
        stability = [theme.stability for theme in found.themes]
        told = {"topics": topics.tolist(), "names": names, "stability": stability}
        fits.append({**told, "fit_s": seconds})
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answer = {"embed_s": embed_s, "fits": fits, "peak_mb": peak_mb}
    Path(answer_path).write_text(json.dumps(answer), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
