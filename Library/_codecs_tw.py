"""Chinese (traditional) codecs."""
from _multibytecodec import _get


def getcodec(encoding, /):
    return _get(encoding, ("big5", "cp950"))
