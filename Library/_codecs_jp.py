"""Japanese codecs."""
import _twins
from _multibytecodec import _get


def getcodec(encoding, /):
    return _get(encoding, ("shift_jis", "cp932", "euc_jp", "shift_jis_2004", "euc_jis_2004", "euc_jisx0213", "shift_jisx0213"))


_twins.publish(globals(), without_signature="*")
