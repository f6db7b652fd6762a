"""SHA1, in Python."""
from _taipan_hashes import SHA1 as SHA1Type, constructor

sha1 = constructor(SHA1Type)
