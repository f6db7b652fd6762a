"""SHA-384 and SHA-512, in Python."""
from _taipan_hashes import SHA384 as SHA384Type, SHA512 as SHA512Type, constructor

sha384 = constructor(SHA384Type)
sha512 = constructor(SHA512Type)
