"""How much of a request may come before its body does.

Uvicorn bounds headers with h11, but not with httptools, which it takes when that is installed: a
line without an end would be held as long as it comes.
"""

from __future__ import annotations

import asyncio

HEAD_BYTES = 65_536


def bounded_protocol() -> type[asyncio.Protocol] | str:
    """Return what uvicorn is to speak HTTP with: httptools with bounded headers, else h11."""
    try:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
    except ImportError:
        return "h11"

    class BoundedProtocol(HttpToolsProtocol):
        """Counts what has come since the last piece of a body, or the last request."""

        head_bytes = 0

        def data_received(self, data: bytes) -> None:
            self.head_bytes += len(data)
            super().data_received(data)
            if self.head_bytes > HEAD_BYTES and not self.transport.is_closing():
                self.send_400_response("The headers are too large.")

        def on_body(self, body: bytes) -> None:
            self.head_bytes = 0
            super().on_body(body)

        def on_message_complete(self) -> None:
            self.head_bytes = 0
            super().on_message_complete()

    return BoundedProtocol
