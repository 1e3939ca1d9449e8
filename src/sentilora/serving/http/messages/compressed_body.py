"""Bodies that come compressed: unpacked piece by piece, and never further than the limit."""

from __future__ import annotations

import zlib

from sentilora.serving.http.messages.refusals import Refusal

# Window bits of zlib: 31 for gzip, 15 for deflate as RFC 9110 means it, -15 without its frame, as
# some clients send it.
GZIP, DEFLATE, BARE_DEFLATE = 31, 15, -15
MEMBERS = 100  # parts of a gzip file; each costs, however small it is


def unpack(body: bytes, encoding: bytes, limit: int) -> bytes:
    """Return a body as it was before it was compressed.

    Args:
        body: bytes that came.
        encoding: value of the header ``Content-Encoding``.
        limit: largest number of bytes that may come out.

    Raises:
        Refusal: the encoding is not known, the bytes are damaged, or too many would come out.
    """
    name = encoding.strip().lower()
    if name in (b"", b"identity"):
        return body
    if name in (b"gzip", b"x-gzip"):
        return _inflate(body, GZIP, limit)
    if name == b"deflate":
        has_frame = len(body) > 1 and body[0] & 15 == 8 and (body[0] * 256 + body[1]) % 31 == 0
        return _inflate(body, DEFLATE if has_frame else BARE_DEFLATE, limit)
    raise Refusal(
        415,
        f"Content-Encoding = {encoding.decode('latin-1')[:60]!r}: must be gzip or deflate, or be "
        "left out.",
        {"accept-encoding": "gzip, deflate"},
    )


def _inflate(body: bytes, window: int, limit: int) -> bytes:
    pieces = []
    left, members = body, 0
    while not members or (left and window == GZIP):
        members += 1
        unpacker = zlib.decompressobj(window)
        try:
            piece = unpacker.decompress(left, limit + 1)
        except zlib.error as error:
            raise _damaged() from error
        limit -= len(piece)
        if limit < 0:
            raise Refusal(
                413,
                "The body is larger than this server takes once it is unpacked. Send fewer texts "
                "in one request.",
            )
        if not unpacker.eof or members > MEMBERS:
            raise _damaged()
        pieces.append(piece)
        left = unpacker.unused_data
    if left:
        raise _damaged()
    return b"".join(pieces)


def _damaged() -> Refusal:
    return Refusal(
        400,
        "The body is not what its header Content-Encoding says: it cannot be unpacked. Send it "
        "again, whole, or without that header.",
    )
