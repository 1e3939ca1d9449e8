"""What the process does with freed memory."""

import ctypes
import platform

import psutil
import pytest

from sentilora.runs.memory import return_freed_memory

BLOCK, BLOCKS = 64 << 10, 1000


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs the C library of GNU")
def test_freed_blocks_below_one_in_use_go_back_to_the_system():
    libc = ctypes.CDLL("libc.so.6")
    libc.malloc.restype = ctypes.c_void_p
    libc.malloc.argtypes = [ctypes.c_size_t]
    libc.free.argtypes = [ctypes.c_void_p]
    blocks = [libc.malloc(BLOCK) for _ in range(BLOCKS)]
    for block in blocks:
        ctypes.memset(block, 1, BLOCK)
    for block in blocks[:-1]:
        libc.free(block)
    before = psutil.Process().memory_info().rss
    assert return_freed_memory()
    assert before - psutil.Process().memory_info().rss > BLOCK * BLOCKS // 2
    libc.free(blocks[-1])
