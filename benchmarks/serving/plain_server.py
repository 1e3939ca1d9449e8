"""The server that most people write: FastAPI in front of Hugging Face ``pipeline``.

A plain ``def`` route, which FastAPI runs in its pool of threads, as its documentation advises for
work that blocks. Started as ``python -m benchmarks.serving.plain_server MODEL PORT``.
"""

from __future__ import annotations

import sys
from typing import Any


def main(model: str, port: int) -> None:
    """Serve ``POST /classify {"text"}`` on loopback until the process is ended."""
    import uvicorn
    from fastapi import Body, FastAPI
    from transformers import pipeline

    classify = pipeline("text-classification", model=model, truncation=True, device="cpu")
    app = FastAPI()

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/classify")
    def answer(text: str = Body(embed=True)) -> Any:
        return classify(text)

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
