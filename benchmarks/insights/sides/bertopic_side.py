"""The side of BERTopic, a program by itself: it runs in an environment of its own.

    PYTHON bertopic_side.py JOB.json ANSWER.json

The job names a file of texts (JSON), a file of vectors (npy) or the folder of an encoder, and for
each fit the rows to fit on (null for all). The answer holds for each fit the topic of every text
(-1 for none; of rows not fitted on by ``transform``) and its seconds; and the peak of memory.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any


def main(job_path: str, answer_path: str) -> None:
    """Do the job."""
    import numpy as np
    from bertopic import BERTopic  # type: ignore[import-not-found]

    job = json.loads(Path(job_path).read_text("utf-8"))
    texts = json.loads(Path(job["texts"]).read_text("utf-8"))
    started = time.perf_counter()
    encoder = None
    if job["vectors"] is None:
        from sentence_transformers import SentenceTransformer

        encoder = SentenceTransformer(job["encoder"], device="cpu")
        vectors = encoder.encode(texts, show_progress_bar=False)
    else:
        vectors = np.load(job["vectors"])
    embed_s = time.perf_counter() - started
    fits: list[dict[str, Any]] = []
    for rows in job["fits"]:
        started = time.perf_counter()
        model = BERTopic(embedding_model=encoder)
        rows = list(range(len(texts))) if rows is None else rows
        found, _ = model.fit_transform([texts[row] for row in rows], embeddings=vectors[rows])
        topics = np.full(len(texts), -1)
        topics[rows] = found
        seconds = time.perf_counter() - started
        left = sorted(set(range(len(texts))) - set(rows))
        if left:
            more, _ = model.transform([texts[row] for row in left], embeddings=vectors[left])
            topics[left] = more
        fits.append({"topics": topics.tolist(), "fit_s": seconds})
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answer = {"embed_s": embed_s, "fits": fits, "peak_mb": peak_mb}
    Path(answer_path).write_text(json.dumps(answer), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
