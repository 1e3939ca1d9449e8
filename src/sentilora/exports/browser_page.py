"""A folder that any static web server serves, whose page classifies in the visitor's browser.

    exports/<run>-browser/
      index.html, palette.css, page.css, page.js, worker.js   the page
      sentiment.js       the model for pages of your own: cuts, tokenises, computes, calibrates
      onnx/model.onnx    the network (onnx_model.py), where transformers.js looks for it
      browser.json       what sentiment.js needs beside sentilora.json: the model's file, the text
                         rule in numbers, the libraries with their hashes, and texts to test itself
      runtime/           the libraries, only with a runtime folder

The libraries are not ours and not in this package. They are copied from a folder that npm filled,
or the page loads them from the public CDN jsdelivr; the hashes below hold for both, as the CDN
serves npm's files unchanged.

Not covered: the page computes on one thread of the CPU, not on a GPU. Its tokens are Python's but
for combining marks and punctuation that Unicode got in its later versions, and for Han characters
beyond its first plane: most vocabularies have none of them.
"""

from __future__ import annotations

import json
import shutil
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha384
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.errors import ConfigError, ModelError, several
from sentilora.files import write_json
from sentilora.inference.scoring import score_texts
from sentilora.message import setting
from sentilora.model.model_settings import FORMAT, ModelSettings

if TYPE_CHECKING:
    from sentilora.inference.engines.engine import Engine
    from sentilora.model.tokens import TextEncoder

PAGE = Path(__file__).parent / "page"
FACTS = "browser.json"
RUNTIME_FOLDER = "runtime"
CDN = "https://cdn.jsdelivr.net/npm/"
TOKENIZERS = ("BPE", "Unigram", "WordPiece")  # what @huggingface/tokenizers reads

# The page refuses to answer when it reads these otherwise than Python, or the first one's
# probabilities come out otherwise.
CHECKS = (
    "Great movie, highly recommended!",
    "Don't buy it: broke after 2 days… I'M NOT HAPPY :-(",
    "<b>Not bad</b> at all – café, naïve staff &amp; view 👍🏽",
    "素晴らしい。Очень хорошо, شكرا! ΚΑΛΟΣ ΦΙΛΟΣ.",
    " two  blanks,\n\ta new line, [SEP] </s> http://example.org/?a=b#c_d " + "x" * 120,
    "Three weeks late, and then nobody picks up the phone. " * 60,
)


@dataclass(frozen=True)
class RuntimeFile:
    """A file of an npm package, in the version that the page is tested with.

    Attributes:
        package: name of the package.
        version: version of the package.
        path: path of the file in the package.
        integrity: hash of the file, as browsers take it.
    """

    package: str
    version: str
    path: str
    integrity: str

    @property
    def place(self) -> str:
        """The file in a folder that npm filled."""
        return f"{self.package}/{self.path}"

    @property
    def url(self) -> str:
        """The file on the CDN."""
        return f"{CDN}{self.package}@{self.version}/{self.path}"


ONNX_RUNTIME = ("onnxruntime-web", "1.30.0")
TOKENIZER = ("@huggingface/tokenizers", "0.2.0")
RUNTIME = {
    "onnxruntime": RuntimeFile(
        *ONNX_RUNTIME,
        "dist/ort.wasm.bundle.min.mjs",
        "sha384-PLWz+nHEVHpjwBsO0YVdvQj6n5814Iv8E3b8FG0Rp/uIAtjFMCKOpP66iPzedrIG",
    ),
    "wasm": RuntimeFile(
        *ONNX_RUNTIME,
        "dist/ort-wasm-simd-threaded.wasm",
        "sha384-vjBJ1z7qrhkTyYsNqKeF6c7N+nOJSU94czEo+tvZcu8G75JparGq9kB+kTnEUNVM",
    ),
    "tokenizers": RuntimeFile(
        *TOKENIZER,
        "dist/tokenizers.min.mjs",
        "sha384-Tl2lMbeE3RCGFLOUGQ7LhvaagysxiOw/9dulz2sD6jxNa1MckRJQBbYdVHhOoqEs",
    ),
}
PACKAGES = " ".join("@".join(package) for package in (ONNX_RUNTIME, TOKENIZER))


def page_runtime(to: str, runtime: str | Path | None, *, cascade: bool) -> Path | None:
    """Return the folder from which a page gets its libraries; None for the CDN, or without a page.

    Raises:
        ConfigError: ``runtime`` lacks a file, or an option does not go with the target ``to``.
    """
    if to == "browser" and cascade:
        raise ConfigError(
            f"{setting('to', 'browser')}: a web page computes the network alone. Leave out "
            f"{setting('cascade')}, and give the run itself, not an export with a first stage; or "
            f"export {setting('to', 'onnx')}."
        )
    if runtime is None:
        return None
    if to != "browser":
        raise ConfigError(
            f"{setting('runtime')} is for a web page. Leave it out, or export "
            f"{setting('to', 'browser')}, not {setting('to', to)}."
        )
    folder = Path(runtime).expanduser()
    check_runtime(folder)
    return folder


def check_runtime(runtime: Path) -> None:
    """Make sure that a folder that npm filled holds the files of the page.

    Args:
        runtime: folder with ``onnxruntime-web/`` and ``@huggingface/tokenizers/``, as
            ``node_modules``.

    Raises:
        ConfigError: a file is missing, or is not that of the version expected.
    """
    problems = []
    for file in RUNTIME.values():
        path = runtime / file.place
        if not path.is_file():
            problems.append(f"{file.place} is missing")
        elif integrity_of(path) != file.integrity:
            problems.append(f"{file.place} is not that of version {file.version}")
    if problems:
        raise ConfigError(
            f"{several(setting('runtime', runtime), problems)}\nExpected a folder that npm filled. "
            f"Type: npm install {PACKAGES} and then: {setting('runtime', 'node_modules')}"
        )


def integrity_of(path: Path) -> str:
    """Return the hash of a file, as browsers take it."""
    return f"sha384-{b64encode(sha384(path.read_bytes()).digest()).decode()}"


def write_page(
    folder: Path,
    name: str,
    model: str,
    *,
    settings: ModelSettings,
    engine: Engine,
    encoder: TextEncoder,
    runtime: Path | None = None,
) -> None:
    """Write the page, and what it needs, into an export that holds the network and its tokenizer.

    Args:
        folder: folder of the export.
        name: name of the model, for the visitor.
        model: name of the network's file in the folder.
        settings: settings of the export.
        engine: engine that computes the network's file.
        encoder: encoder that reads texts as the page shall.
        runtime: folder that :func:`check_runtime` accepts; None for the CDN.

    Raises:
        ModelError: the page cannot read this kind of tokenizer.
    """
    kind = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["type"]
    if kind not in TOKENIZERS:
        raise ModelError(
            f"The tokenizer of {name} is of the kind {kind}, which a browser page cannot read; it "
            f"reads {', '.join(TOKENIZERS)}. Use {setting('to', 'onnx')}."
        )
    for file in sorted(PAGE.iterdir()):
        shutil.copyfile(file, folder / file.name)
    if runtime is not None:
        _copy_runtime(runtime, folder / RUNTIME_FOLDER)
        _keep_from_cdn(folder / "index.html")
    facts = {
        "format": FORMAT,
        "name": name,
        "model": model,
        "bytes": (folder / model).stat().st_size,
        "reading": _reading(encoder),
        "runtime": {
            key: {
                "url": f"{RUNTIME_FOLDER}/{file.place}" if runtime else file.url,
                "integrity": file.integrity,
            }
            for key, file in RUNTIME.items()
        },
        "checks": _checks(settings, engine, encoder),
    }
    write_json(folder / FACTS, facts)


def _copy_runtime(source: Path, target: Path) -> None:
    """Copy the files of the page, and the licences that lie beside them."""
    for file in RUNTIME.values():
        for place in (file.place, f"{file.package}/LICENSE"):
            if (source / place).is_file():
                (target / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source / place, target / place)


def _keep_from_cdn(page: Path) -> None:
    """Let a page that has its runtime beside it load nothing from elsewhere."""
    html = page.read_text(encoding="utf-8")
    assert html.count(f" {CDN}") == 1
    page.write_text(html.replace(f" {CDN}", ""), encoding="utf-8")


def _reading(encoder: TextEncoder) -> dict[str, Any]:
    """Return the text rule in numbers of tokens, so that no other language has to round."""
    return {
        "prefix": encoder.prefix,
        "suffix": encoder.suffix,
        "room": encoder.room,
        "head": encoder.head,
        "stride": encoder.stride,
        "unknown_id": encoder.unknown_id,
    }


def _checks(settings: ModelSettings, engine: Engine, encoder: TextEncoder) -> list[dict[str, Any]]:
    """Return texts with the tokens that are read of them, and their probabilities."""
    windows = encoder.encode(CHECKS).windows
    logits = score_texts(engine, encoder, list(CHECKS)).logits
    probabilities = settings.calibration.probabilities(logits).tolist()
    return [
        {"text": text, "windows": read, "probabilities": row}
        for text, read, row in zip(CHECKS, windows, probabilities, strict=True)
    ]
