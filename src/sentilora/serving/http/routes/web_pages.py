"""Pages for people: a form at ``/``, and all routes at ``/docs``; nothing is read from elsewhere.

A page holds its style and its script, and its policy allows those and no others. It is open, as a
browser shows no key before it has a page; what the page asks for is behind the key.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterable
from hashlib import sha256
from importlib.resources import files

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from sentilora.defaults import NOT_SURE_BELOW
from sentilora.serving.http.messages.openapi import answers
from sentilora.serving.http.messages.responses import Reply

HTML = b"text/html; charset=utf-8"
SHOWN = {"description": "A page.", "content": {"text/html": {"schema": {"type": "string"}}}}
PAGES = {
    "/": ("form", "Show a page on which texts can be tried; it needs no key, but asks for one."),
    "/docs": ("routes", "Show all routes to people, who can try them there."),
}


def add_to(app: FastAPI, paths: Iterable[str] = PAGES) -> None:
    """Add the pages."""
    for path in paths:
        name, words = PAGES[path]
        app.add_api_route(
            path,
            _shower(make_page(name), words),
            methods=["GET"],
            tags=["server"],
            response_model=None,
            response_class=Response,
            responses=answers(None, None, 403) | {200: SHOWN},
        )


def _shower(page: Reply, words: str) -> Callable[[Request], Awaitable[Response]]:
    async def show(request: Request) -> Response:
        return page

    show.__doc__ = words
    return show


def make_page(name: str) -> Reply:
    """Put a page together with its style, its script, and the policy that allows them."""
    folder = files("sentilora.serving.http") / "web"
    css = _palette() + (folder / "web.css").read_text(encoding="utf-8")
    js = (folder / f"{name}.js").read_text(encoding="utf-8")
    js = js.replace("/*sure*/0", f"{NOT_SURE_BELOW}")
    html = (folder / f"{name}.html").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; script-src {_hash(js)}; style-src {_hash(css)}; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return Reply(
        html.replace("/*css*/", css).replace("/*js*/", js).encode(),
        media_type=HTML,
        headers=[
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cache-control", b"no-cache"),
        ],
    )


def _palette() -> str:
    """Return the colours, which are those of an exported page."""
    return (files("sentilora.exports") / "page" / "palette.css").read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
