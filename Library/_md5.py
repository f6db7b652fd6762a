"""MD5, in Python."""
from _taipan_hashes import MD5 as MD5Type, constructor

md5 = constructor(MD5Type)
