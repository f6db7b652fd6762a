"""SHA-3 and SHAKE, in Python."""
from _taipan_hashes import sha3, shake

implementation = "Python"
sha3_224, sha3_256, sha3_384, sha3_512 = map(sha3, (224, 256, 384, 512))
shake_128, shake_256 = map(shake, (128, 256))
