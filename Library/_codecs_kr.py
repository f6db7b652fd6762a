"""Korean codecs."""
import _twins
from _multibytecodec import _get


def getcodec(encoding, /):
    return _get(encoding, ("euc_kr", "cp949", "johab"))


_twins.publish(globals(), without_signature="*")
