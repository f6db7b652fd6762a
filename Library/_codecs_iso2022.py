"""ISO 2022 codecs."""
import _twins
from _multibytecodec import _get


def getcodec(encoding, /):
    return _get(encoding, ("iso2022_kr", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3", "iso2022_jp_ext"))


_twins.publish(globals(), without_signature="*")
