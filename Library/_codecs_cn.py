"""Chinese (simplified) codecs."""
import _twins
from _multibytecodec import _get


def getcodec(encoding, /):
    return _get(encoding, ("gb2312", "gbk", "gb18030", "hz"))


_twins.publish(globals(), without_signature="*")
