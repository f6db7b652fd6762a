"""Hong Kong's codecs."""
import _twins
from _multibytecodec import _get


def getcodec(encoding, /):
    return _get(encoding, ("big5hkscs",))


_twins.publish(globals(), without_signature="*")
