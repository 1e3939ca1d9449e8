"""Tests of the programs that measure, which lie beside the package."""
