"""Bodies that come compressed, or with a byte order mark."""

import gzip
import json
import zlib

import pytest

from sentilora.serving.http.limits import Limits
from sentilora.serving.http.messages.compressed_body import MEMBERS
from tests.helpers.http_client import client_of, refused

BODY = json.dumps({"input": "Grüße! 😀"}, ensure_ascii=False).encode()
MARK = b"\xef\xbb\xbf"
PACKED = gzip.compress(BODY, mtime=0)  # names of tests have to be the same in every process


def bare(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def post(client, body, *encodings):
    headers = [("content-type", "application/json")]
    headers += [("content-encoding", encoding) for encoding in encodings]
    return client.post("/v1/classify", content=body, headers=headers)


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("GZIP ", gzip.compress),
        ("x-gzip", gzip.compress),
        ("gzip", lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])),
        ("deflate", zlib.compress),
        ("deflate", bare),
        ("deflate", lambda data: zlib.compress(data, 0)),
        ("identity", bytes),
    ],
)
@pytest.mark.parametrize("mark", [b"", MARK])
def test_a_packed_body_is_read_like_a_bare_one(client, pool, encoding, pack, mark):
    assert post(client, pack(mark + BODY), encoding).is_success
    assert pool.seen == [["Grüße! 😀"]]


def test_a_byte_order_mark_in_a_text_is_part_of_it(client, pool):
    body = json.dumps({"input": "\ufeffa"}, ensure_ascii=False).encode()
    assert post(client, body).is_success
    assert pool.seen == [["\ufeffa"]]


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_the_limit_holds_on_what_comes_out(pool, pack):
    encoding = "gzip" if pack is gzip.compress else "deflate"
    body = json.dumps({"input": "a " * 2000}).encode()
    with client_of(pool, Limits(payload_limit=len(body))) as client:
        assert post(client, pack(body), encoding).is_success
    with client_of(pool, Limits(payload_limit=len(body) - 1)) as client:
        assert "once it is unpacked" in refused(post(client, pack(body), encoding), 413, "TooLarge")
    assert len(pool.seen) == 1


def test_a_bomb_is_not_unpacked(client, pool):
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < 100_000
    refused(post(client, bomb, "gzip"), 413, "TooLarge")
    refused(post(client, gzip.compress(b"") * (MEMBERS + 1), "gzip"), 400, "BadRequest")
    assert pool.seen == []


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (BODY, "gzip"),
        (BODY, "deflate"),
        (b"", "gzip"),
        (PACKED[:-9], "gzip"),
        (PACKED[:-4] + b"\0\0\0\0", "gzip"),
        (PACKED + b"more", "gzip"),
        (zlib.compress(BODY) + b"more", "deflate"),
        (zlib.compress(BODY), "gzip"),
    ],
)
def test_what_cannot_be_unpacked_is_told(client, body, encoding):
    assert "cannot be unpacked" in refused(post(client, body, encoding), 400, "BadRequest")


@pytest.mark.parametrize("encodings", [("br",), ("gzip, gzip",), ("gzip", "gzip"), ("gzip\xff",)])
def test_other_encodings_are_refused_and_those_known_are_named(client, encodings):
    found = post(client, BODY, *(one.encode("latin-1") for one in encodings))
    assert "must be gzip or deflate" in refused(found, 415, "UnsupportedMediaType")
    assert found.headers["accept-encoding"] == "gzip, deflate"
