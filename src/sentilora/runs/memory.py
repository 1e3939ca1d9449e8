"""How the process keeps its memory while it trains, and gives it back afterwards."""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h of the GNU C library
_LARGEST = 2**31 - 1


def keep_freed_memory() -> bool:
    """Tell the C library to keep freed blocks for the next update instead of returning them.

    An update frees and takes the same large blocks again and again, and each return to the system
    costs clearing the pages once more: a quarter of an update of minilm in float32 (measured by
    ``python -m benchmarks.step quick``). Does nothing where the C library is not GNU's.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        set_option = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return False
    return bool(set_option(_M_MMAP_THRESHOLD, 1 << 30) and set_option(_M_TRIM_THRESHOLD, _LARGEST))


def return_freed_memory() -> bool:
    """Tell the C library to return freed blocks to the system, between two parts of a large job.

    Batches of many shapes leave hundreds of MB of them, which large arrays, made in blocks of their
    own, do not fill. Does nothing where the C library is not GNU's.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        trim = ctypes.CDLL("libc.so.6").malloc_trim
    except (OSError, AttributeError):
        return False
    return bool(trim(0))
