"""Chinese (traditional) codecs."""
import _twins
from _multibytecodec import _get


def getcodec(encoding, /):
    return _get(encoding, ("big5", "cp950"))


_twins.publish(globals(), without_signature="*")
