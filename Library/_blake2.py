"""BLAKE2, in Python."""
from _taipan_hashes import blake2b, blake2s
