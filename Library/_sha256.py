"""SHA-224 and SHA-256, in Python."""
from _taipan_hashes import SHA224 as SHA224Type, SHA256 as SHA256Type, constructor

sha224 = constructor(SHA224Type)
sha256 = constructor(SHA256Type)
