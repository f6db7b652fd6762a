"""The module under ssl, over OpenSSL by `_foreign`.

A context, a connection or a memory buffer is a handle of the library. A connection over a socket reads and writes the descriptor itself, waiting as the
socket's timeout says; one over two MemoryBIOs does as the buffers let it. Functions of Python's that OpenSSL calls are kept by the context.
"""
import _foreign
import _twins
import os as _os
import select as _select
import sys as _sys
import time as _time
import weakref as _weakref
from operator import index as _index

globals().update(dict(
    SSL_ERROR_ZERO_RETURN=6, SSL_ERROR_WANT_READ=2, SSL_ERROR_WANT_WRITE=3, SSL_ERROR_WANT_X509_LOOKUP=4, SSL_ERROR_SYSCALL=5, SSL_ERROR_SSL=1,
    SSL_ERROR_WANT_CONNECT=7, SSL_ERROR_EOF=8, SSL_ERROR_INVALID_ERROR_CODE=10, CERT_NONE=0, CERT_OPTIONAL=1, CERT_REQUIRED=2, VERIFY_DEFAULT=0,
    VERIFY_CRL_CHECK_LEAF=4, VERIFY_CRL_CHECK_CHAIN=12, VERIFY_X509_STRICT=32, VERIFY_ALLOW_PROXY_CERTS=64, VERIFY_X509_TRUSTED_FIRST=32768,
    VERIFY_X509_PARTIAL_CHAIN=524288, ALERT_DESCRIPTION_CLOSE_NOTIFY=0, ALERT_DESCRIPTION_UNEXPECTED_MESSAGE=10, ALERT_DESCRIPTION_BAD_RECORD_MAC=20,
    ALERT_DESCRIPTION_RECORD_OVERFLOW=22, ALERT_DESCRIPTION_DECOMPRESSION_FAILURE=30, ALERT_DESCRIPTION_HANDSHAKE_FAILURE=40,
    ALERT_DESCRIPTION_BAD_CERTIFICATE=42, ALERT_DESCRIPTION_UNSUPPORTED_CERTIFICATE=43, ALERT_DESCRIPTION_CERTIFICATE_REVOKED=44,
    ALERT_DESCRIPTION_CERTIFICATE_EXPIRED=45, ALERT_DESCRIPTION_CERTIFICATE_UNKNOWN=46, ALERT_DESCRIPTION_ILLEGAL_PARAMETER=47,
    ALERT_DESCRIPTION_UNKNOWN_CA=48, ALERT_DESCRIPTION_ACCESS_DENIED=49, ALERT_DESCRIPTION_DECODE_ERROR=50, ALERT_DESCRIPTION_DECRYPT_ERROR=51,
    ALERT_DESCRIPTION_PROTOCOL_VERSION=70, ALERT_DESCRIPTION_INSUFFICIENT_SECURITY=71, ALERT_DESCRIPTION_INTERNAL_ERROR=80,
    ALERT_DESCRIPTION_USER_CANCELLED=90, ALERT_DESCRIPTION_NO_RENEGOTIATION=100, ALERT_DESCRIPTION_UNSUPPORTED_EXTENSION=110,
    ALERT_DESCRIPTION_CERTIFICATE_UNOBTAINABLE=111, ALERT_DESCRIPTION_UNRECOGNIZED_NAME=112, ALERT_DESCRIPTION_BAD_CERTIFICATE_STATUS_RESPONSE=113,
    ALERT_DESCRIPTION_BAD_CERTIFICATE_HASH_VALUE=114, ALERT_DESCRIPTION_UNKNOWN_PSK_IDENTITY=115, PROTOCOL_SSLv23=2, PROTOCOL_TLS=2,
    PROTOCOL_TLS_CLIENT=16, PROTOCOL_TLS_SERVER=17, PROTOCOL_TLSv1=3, PROTOCOL_TLSv1_1=4, PROTOCOL_TLSv1_2=5, OP_ALL=2147483728, OP_NO_SSLv2=0,
    OP_NO_SSLv3=33554432, OP_NO_TLSv1=67108864, OP_NO_TLSv1_1=268435456, OP_NO_TLSv1_2=134217728, OP_NO_TLSv1_3=536870912,
    OP_CIPHER_SERVER_PREFERENCE=4194304, OP_SINGLE_DH_USE=0, OP_NO_TICKET=16384, OP_SINGLE_ECDH_USE=0, OP_NO_COMPRESSION=131072,
    OP_ENABLE_MIDDLEBOX_COMPAT=1048576, OP_NO_RENEGOTIATION=1073741824, OP_IGNORE_UNEXPECTED_EOF=128, HOSTFLAG_ALWAYS_CHECK_SUBJECT=1,
    HOSTFLAG_NEVER_CHECK_SUBJECT=32, HOSTFLAG_NO_WILDCARDS=2, HOSTFLAG_NO_PARTIAL_WILDCARDS=4, HOSTFLAG_MULTI_LABEL_WILDCARDS=8,
    HOSTFLAG_SINGLE_LABEL_SUBDOMAINS=16, ENCODING_PEM=1, ENCODING_DER=2, PROTO_MINIMUM_SUPPORTED=-2, PROTO_MAXIMUM_SUPPORTED=-1, PROTO_SSLv3=768,
    PROTO_TLSv1=769, PROTO_TLSv1_1=770, PROTO_TLSv1_2=771, PROTO_TLSv1_3=772, HAS_SNI=True, HAS_TLS_UNIQUE=True, HAS_ECDH=True, HAS_NPN=False,
    HAS_ALPN=True, HAS_SSLv2=False, HAS_SSLv3=False, HAS_TLSv1=True, HAS_TLSv1_1=True, HAS_TLSv1_2=True, HAS_TLSv1_3=True,
    OPENSSL_VERSION_NUMBER=805306720,
))
_DEFAULT_CIPHERS = "ALL:!COMPLEMENTOFDEFAULT:!eNULL"

try:
    _crypto, _ssl_library = _foreign.dlopen("libcrypto.so.3", 0x102), _foreign.dlopen("libssl.so.3", 2)
except OSError as _error:
    raise ImportError(str(_error)) from None
# The library must not take itself down at exit(): threads that stopped may be in the middle of a call of it.
_foreign.call(_foreign.dlsym(_crypto, "OPENSSL_init_crypto"), "i", "QP", (0x80000, 0), 0)
_addresses = {}


def _address(name):
    """The address of a function of the libraries."""
    address = _addresses.get(name)
    if address is None:
        try:
            address = _foreign.dlsym(_ssl_library, name)
        except OSError:
            address = _foreign.dlsym(_crypto, name)
        _addresses[name] = address
    return address


def _call(name, result, codes, *arguments):
    """Call a function of the libraries, by name and with its result's and arguments' codes."""
    return _foreign.call(_address(name), result, codes, arguments, 0)


def _owned(address, free, size=0):
    """What the libraries made, to be freed by the function of that name when nobody has it any more; it takes about so many bytes."""
    return _foreign.Handle(address, _address(free), size)


def _live(handle):
    """A handle, which a program may have put something else in the place of."""
    if type(handle) is not _foreign.Handle:
        raise TypeError(f"a handle of the library is required, not '{type(handle).__name__}'")
    return handle


def _place(data):
    return _foreign.buffer_address(data, False)[0]


def _text(address):
    return _foreign.read(address, -1).decode("utf-8", "replace") if address else None


OPENSSL_VERSION = _text(_call("OpenSSL_version", "P", "i", 0))
OPENSSL_VERSION_NUMBER = _call("OpenSSL_version_num", "Q", "")
OPENSSL_VERSION_INFO = _OPENSSL_API_VERSION = (
    OPENSSL_VERSION_NUMBER >> 28 & 15, OPENSSL_VERSION_NUMBER >> 20 & 255, OPENSSL_VERSION_NUMBER >> 12 & 255, OPENSSL_VERSION_NUMBER >> 4 & 255, OPENSSL_VERSION_NUMBER & 15)


# MARK: Errors

class SSLError(OSError):
    """An error occurred in the SSL implementation."""
    __module__ = "ssl"
    library = reason = None

    def __str__(self):
        return self.strerror if isinstance(self.strerror, str) else str(self.args)


class SSLZeroReturnError(SSLError):
    """SSL/TLS session closed cleanly."""
    __module__ = "ssl"


class SSLWantReadError(SSLError):
    """More has to be received first."""
    __module__ = "ssl"


class SSLWantWriteError(SSLError):
    """More has to be sent first."""
    __module__ = "ssl"


class SSLSyscallError(SSLError):
    """System error when attempting SSL operation."""
    __module__ = "ssl"


class SSLEOFError(SSLError):
    """SSL/TLS connection terminated abruptly."""
    __module__ = "ssl"


class SSLCertVerificationError(SSLError, ValueError):
    """A certificate could not be verified."""
    __module__ = "ssl"


def _error(kind=SSLError, number=None, connection=0, text=None):
    """The exception for the library's last error."""
    code = _call("ERR_peek_last_error", "Q", "")
    _call("ERR_clear_error", "v", "")
    if not code:
        return kind(number if number is not None else 0, text or "unknown error")
    if code & 1 << 31:
        return OSError(code & 0x7fffffff, _os.strerror(code & 0x7fffffff))
    words = _text(_call("ERR_reason_error_string", "P", "Q", code)) or "unknown error"
    library = (_text(_call("ERR_lib_error_string", "P", "Q", code)) or "").replace(" routines", "").replace("STORE", "X509")
    library = {"digital envelope": "EVP", "SSL": "SSL", "x509 certificate": "X509", "PEM": "PEM", "asn1 encoding": "ASN1"}.get(library, library)
    reason = words.upper().replace(" ", "_").replace("-", "_")
    verification = ""
    if reason == "CERTIFICATE_VERIFY_FAILED" and connection:
        kind = SSLCertVerificationError
        status = _call("SSL_get_verify_result", "q", "P", connection)
        message = _text(_call("X509_verify_cert_error_string", "P", "q", status))
        if status == 62:
            message = f"Hostname mismatch, certificate is not valid for '{_names.get(connection)}'."
        elif status == 64:
            message = f"IP address mismatch, certificate is not valid for '{_names.get(connection)}'."
        verification = ": " + message
    result = kind(number if number is not None else 1, f"[{library}: {reason}] {words}{verification}")
    result.library, result.reason = library, reason
    if verification:
        result.verify_code, result.verify_message = status, message
    return result


# The names that connections asked for, for errors about them.
_names = {}


# MARK: Random numbers, objects

def RAND_status():
    """Whether the library's generator of random numbers is ready."""
    return bool(_call("RAND_status", "i", ""))


def RAND_add(string, entropy, /):
    """Mix string into the OpenSSL PRNG state."""
    data = string.encode() if isinstance(string, str) else bytes(memoryview(string))
    _call("RAND_add", "v", "Pid", _place(data or b" "), len(data), entropy)


def RAND_bytes(n, /):
    """So many random bytes, good enough for cryptography."""
    if n < 0:
        raise ValueError("num must be positive")
    out = bytearray(max(n, 1))
    if not _call("RAND_bytes", "i", "Pi", _place(out), n):
        raise _error()
    return bytes(out[:n])


def RAND_pseudo_bytes(n, /):
    """Generate n pseudo-random bytes."""
    return RAND_bytes(n), True


def get_default_verify_paths():
    """Where the certificates are that set_default_verify_paths() loads, and the variables that change it."""
    return tuple([_text(_call("X509_get_default_" + name, "P", "")) for name in ("cert_file_env", "cert_file", "cert_dir_env", "cert_dir")])


def _object(place):
    number = _call("OBJ_obj2nid", "i", "P", place)
    if number == 0:
        raise ValueError("Unknown object")
    return number, _text(_call("OBJ_nid2sn", "P", "i", number)), _text(_call("OBJ_nid2ln", "P", "i", number)), _oid(place)


def _oid(place, no_name=1):
    out = bytearray(256)
    _call("OBJ_obj2txt", "i", "PiPi", _place(out), len(out), place, no_name)
    return out.partition(b"\0")[0].decode()


def txt2obj(txt, name=False):
    """Number, names and identifier of an object of ASN.1, by a text."""
    place = _call("OBJ_txt2obj", "P", "Pi", _place(txt.encode() + b"\0"), 0 if name else 1)
    if not place:
        _call("ERR_clear_error", "v", "")
        raise ValueError(f"unknown object '{txt[:100]}'")
    try:
        return _object(place)
    finally:
        _call("ASN1_OBJECT_free", "v", "P", place)


def nid2obj(nid, /):
    """Number, names and identifier of an object of ASN.1, by its number."""
    if nid < 0:
        raise ValueError("NID must be positive.")
    place = _call("OBJ_nid2obj", "P", "i", nid)
    if not place:
        _call("ERR_clear_error", "v", "")
        raise ValueError(f"unknown NID {nid}")
    return _object(place)


# MARK: Certificates

def _string(place):
    out = bytearray(8)
    size = _call("ASN1_STRING_to_UTF8", "i", "PP", _place(out), place)
    if size < 0:
        raise _error()
    data = _foreign.load("P", _place(out))
    result = _foreign.read(data, size).decode()
    _call("CRYPTO_free", "v", "PPi", data, 0, 0)
    return result


def _printed(function, codes, *arguments):
    """What a function prints into a memory buffer."""
    bio = _call("BIO_new", "P", "P", _call("BIO_s_mem", "P", ""))
    _call(function, "i", "P" + codes, bio, *arguments)
    result = _drain(bio)
    _call("BIO_free", "i", "P", bio)
    return result.decode()


def _drain(bio):
    size = _call("BIO_ctrl", "q", "PiqP", bio, 10, 0, 0)
    out = bytearray(max(size, 1))
    got = _call("BIO_read", "i", "PPi", bio, _place(out), size) if size else 0
    return bytes(out[:max(got, 0)])


def _distinguished(name):
    """The relative names of a distinguished name, as tuples of tuples of pairs."""
    result, last = [], None
    for index in range(_call("X509_NAME_entry_count", "i", "P", name)):
        entry = _call("X509_NAME_get_entry", "P", "Pi", name, index)
        pair = (_oid(_call("X509_NAME_ENTRY_get_object", "P", "P", entry), 0), _string(_call("X509_NAME_ENTRY_get_data", "P", "P", entry)))
        number = _call("X509_NAME_ENTRY_set", "i", "P", entry)
        if number == last:
            result[-1].append(pair)
        else:
            result.append([pair])
        last = number
    return tuple([tuple(pairs) for pairs in result])


def _alternatives(certificate):
    names = _call("X509_get_ext_d2i", "P", "PiPP", certificate, 85, 0, 0)
    if not names:
        return ()
    result = []
    for index in range(_call("OPENSSL_sk_num", "i", "P", names)):
        name = _call("OPENSSL_sk_value", "P", "Pi", names, index)
        kind, value = _foreign.load("i", name), _foreign.load("P", name + 8)
        if kind in (1, 2, 6):
            size = _call("ASN1_STRING_length", "i", "P", value)
            result.append((("email", "DNS", "URI")[(1, 2, 6).index(kind)], _foreign.read(_call("ASN1_STRING_get0_data", "P", "P", value), size).decode() if size else ""))
        elif kind == 4:
            result.append(("DirName", _distinguished(value)))
        elif kind == 7:
            data = _foreign.read(_call("ASN1_STRING_get0_data", "P", "P", value), _call("ASN1_STRING_length", "i", "P", value))
            if len(data) == 4:
                result.append(("IP Address", ".".join(map(str, data))))
            elif len(data) == 16:
                result.append(("IP Address", ":".join([f"{data[n] << 8 | data[n + 1]:X}" for n in range(0, 16, 2)])))
            else:
                result.append(("IP Address", "<invalid>"))
        elif kind == 8:
            result.append(("Registered ID", _oid(value, 0)))
        else:
            kind, _, text = _printed("GENERAL_NAME_print", "P", name).partition(":")
            result.append((kind, text))
    _call("OPENSSL_sk_pop_free", "v", "PP", names, _foreign.dlsym(_crypto, "GENERAL_NAME_free"))
    return tuple(result)


def _access(certificate, number, wanted):
    """The URIs of one kind in the authority information, or None."""
    entries = _call("X509_get_ext_d2i", "P", "PiPP", certificate, 177, 0, 0)
    if not entries:
        return None
    result = []
    for index in range(_call("OPENSSL_sk_num", "i", "P", entries)):
        entry = _call("OPENSSL_sk_value", "P", "Pi", entries, index)
        method, location = _foreign.load("P", entry), _foreign.load("P", entry + 8)
        if _call("OBJ_obj2nid", "i", "P", method) == wanted and _foreign.load("i", location) == 6:
            value = _foreign.load("P", location + 8)
            result.append(_foreign.read(_call("ASN1_STRING_get0_data", "P", "P", value), _call("ASN1_STRING_length", "i", "P", value)).decode())
    _call("AUTHORITY_INFO_ACCESS_free", "v", "P", entries)
    return tuple(result) or None


def _decoded(certificate):
    """A certificate as the dict that getpeercert() returns."""
    result = {
        "subject": _distinguished(_call("X509_get_subject_name", "P", "P", certificate)),
        "issuer": _distinguished(_call("X509_get_issuer_name", "P", "P", certificate)),
        "version": _call("X509_get_version", "q", "P", certificate) + 1,
        "serialNumber": _printed("i2a_ASN1_INTEGER", "P", _call("X509_get_serialNumber", "P", "P", certificate)),
        "notBefore": _printed("ASN1_TIME_print", "P", _call("X509_get0_notBefore", "P", "P", certificate)),
        "notAfter": _printed("ASN1_TIME_print", "P", _call("X509_get0_notAfter", "P", "P", certificate)),
    }
    alternatives = _alternatives(certificate)
    if alternatives:
        result["subjectAltName"] = alternatives
    for key, number in (("OCSP", 178), ("caIssuers", 179)):
        found = _access(certificate, 177, number)
        if found:
            result[key] = found
    lists = _revocation_lists(certificate)
    if lists:
        result["crlDistributionPoints"] = lists
    return result


def _revocation_lists(certificate):
    """The URIs of a certificate's revocation lists."""
    points = _call("X509_get_ext_d2i", "P", "PiPP", certificate, 103, 0, 0)
    if not points:
        return ()
    result = []
    for index in range(_call("OPENSSL_sk_num", "i", "P", points)):
        name = _foreign.load("P", _call("OPENSSL_sk_value", "P", "Pi", points, index))
        if not name or _foreign.load("i", name) != 0:
            continue
        names = _foreign.load("P", name + 8)
        for place in range(_call("OPENSSL_sk_num", "i", "P", names)):
            location = _call("OPENSSL_sk_value", "P", "Pi", names, place)
            if _foreign.load("i", location) == 6:
                value = _foreign.load("P", location + 8)
                result.append(_foreign.read(_call("ASN1_STRING_get0_data", "P", "P", value), _call("ASN1_STRING_length", "i", "P", value)).decode())
    _call("CRL_DIST_POINTS_free", "v", "P", points)
    return tuple(result)


def _encoded(certificate):
    size = _call("i2d_X509", "i", "PP", certificate, 0)
    out, pointer = bytearray(size), bytearray(8)
    _foreign.store("P", _place(pointer), _place(out))
    _call("i2d_X509", "i", "PP", certificate, _place(pointer))
    return bytes(out)


def _test_decode_cert(path, /):
    bio = _call("BIO_new_file", "P", "PP", _place(_os.fsencode(path) + b"\0"), _place(b"r\0"))
    if not bio:
        raise SSLError(0, "Can't open file")
    certificate = _call("PEM_read_bio_X509", "P", "PPPP", bio, 0, 0, 0)
    _call("BIO_free", "i", "P", bio)
    if not certificate:
        raise _error()
    try:
        return _decoded(certificate)
    finally:
        _call("X509_free", "v", "P", certificate)


class Certificate:
    """An X.509 certificate."""

    def __new__(cls, *arguments, **keywords):
        raise TypeError("cannot create '_ssl.Certificate' instances")

    @classmethod
    def _make(cls, handle):
        self = object.__new__(cls)
        self._handle = _owned(handle, "X509_free")
        return self

    def get_info(self):
        return _decoded(_live(self._handle))

    def __eq__(self, other):
        return _call("X509_cmp", "i", "@@", self._handle, other._handle) == 0 if isinstance(other, Certificate) else NotImplemented

    def __hash__(self):
        return _call("X509_subject_name_hash", "Q", "@", self._handle)

    def __repr__(self):
        out = bytearray(512)
        _call("X509_NAME_oneline", "P", "PPi", _call("X509_get_subject_name", "P", "@", self._handle), _place(out), len(out))
        return f"<_ssl.Certificate '{', '.join(out.partition(bytes(1))[0].decode()[1:].split('/'))}'>"

    def public_bytes(self, format=1, /):
        if format == 2:
            return _encoded(_live(self._handle))
        return _printed("PEM_write_bio_X509", "P", _live(self._handle))


# MARK: Buffers and sessions

class MemoryBIO:
    """A buffer between a connection and whoever carries its bytes."""

    def __init__(self):
        self._handle = _owned(_call("BIO_new", "P", "P", _call("BIO_s_mem", "P", "")), "BIO_free")
        self._eof = False
        _call("BIO_ctrl", "q", "@iqP", self._handle, 130, -1, 0)

    @property
    def pending(self):
        """How many bytes wait to be read."""
        return _call("BIO_ctrl", "q", "@iqP", self._handle, 10, 0, 0)

    @property
    def eof(self):
        """Whether the memory BIO is at EOF."""
        return self._eof and self.pending == 0

    def read(self, size=-1, /):
        """Read up to size bytes from the memory BIO."""
        available = self.pending
        size = available if size < 0 or size > available else size
        out = bytearray(max(size, 1))
        got = _call("BIO_read", "i", "@Pi", self._handle, _place(out), size) if size else 0
        return bytes(out[:max(got, 0)])

    def write(self, b, /):
        """Writes the bytes b into the memory BIO."""
        data = bytes(memoryview(b))
        if self._eof:
            raise SSLError("cannot write() after write_eof()")
        return _call("BIO_write", "i", "@Pi", self._handle, _place(data), len(data)) if data else 0

    def write_eof(self):
        """Write an EOF marker to the memory BIO."""
        self._eof = True
        _call("BIO_ctrl", "q", "@iqP", self._handle, 130, 0, 0)


class SSLSession:
    """The session of a connection, for another to go on with."""

    @classmethod
    def _make(cls, handle, context):
        self = object.__new__(cls)
        self._handle, self._context = _owned(handle, "SSL_SESSION_free"), context
        return self

    @property
    def id(self):
        size = bytearray(4)
        place = _call("SSL_SESSION_get_id", "P", "@P", self._handle, _place(size))
        return _foreign.read(place, int.from_bytes(size, "little")) if int.from_bytes(size, "little") else b""

    time = property(lambda self: _call("SSL_SESSION_get_time", "q", "@", self._handle))
    timeout = property(lambda self: _call("SSL_SESSION_get_timeout", "q", "@", self._handle))
    ticket_lifetime_hint = property(lambda self: _call("SSL_SESSION_get_ticket_lifetime_hint", "Q", "@", self._handle))
    has_ticket = property(lambda self: bool(_call("SSL_SESSION_has_ticket", "i", "@", self._handle)))

    def __eq__(self, other):
        return self.id == other.id if isinstance(other, SSLSession) else NotImplemented

    def __hash__(self):
        return hash(self.id)


# MARK: Contexts

def _is_address(name):
    import socket
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, name)
            return True
        except (OSError, ValueError):
            pass
    return False


class _SSLContext:
    """What connections have in common: protocol versions, certificates, options."""

    def __new__(cls, protocol=2, /):
        import warnings
        names = {3: 0x301, 4: 0x302, 5: 0x303}
        if protocol not in (2, 16, 17, *names):
            raise ValueError("invalid or unsupported protocol version")
        if protocol not in (16, 17):
            warnings.warn("ssl.PROTOCOL_TLS is deprecated" if protocol == 2 else f"ssl.PROTOCOL_{('TLSv1', 'TLSv1_1', 'TLSv1_2')[protocol - 3]} is deprecated", DeprecationWarning, 2)
        self = object.__new__(cls)
        method = {16: "TLS_client_method", 17: "TLS_server_method"}.get(protocol, "TLS_method")
        handle = _call("SSL_CTX_new", "P", "P", _call(method, "P", ""))
        if not handle:
            raise _error()
        self._handle = _owned(handle, "SSL_CTX_free", 1 << 19)
        self._protocol, self._check_hostname, self._sni, self._kept, self._alpn = protocol, False, None, {}, None
        self._connections = _weakref.WeakValueDictionary()
        self._post_handshake_auth, self._keylog, self._messages, self._host_flags_value = False, None, None, 4
        _call("SSL_CTX_set_options", "Q", "@Q", self._handle, 2186412240)
        self._control(33, 16)
        _call("SSL_CTX_set_session_id_context", "i", "@PI", self._handle, _place(b"Python\0"), 6)
        if protocol in names:
            self._control(123, names[protocol])
            self._control(124, names[protocol])
        _call("X509_VERIFY_PARAM_set_flags", "i", "PQ", self._parameters(), 0x8000)
        _call("X509_VERIFY_PARAM_set_hostflags", "v", "PI", self._parameters(), 4)
        self._mode = 0
        if protocol == 16:
            self.verify_mode, self._check_hostname = 2, True
        return self

    def _control(self, command, number=0, pointer=0):
        return _call("SSL_CTX_ctrl", "q", "@iqP", self._handle, command, number, pointer)

    def _parameters(self):
        return _call("SSL_CTX_get0_param", "P", "@", self._handle)

    protocol = property(lambda self: self._protocol)

    @property
    def check_hostname(self):
        return self._check_hostname

    @check_hostname.setter
    def check_hostname(self, value):
        value = bool(value)
        if value and self.verify_mode == 0:
            self.verify_mode = 2
        self._check_hostname = value

    @property
    def verify_mode(self):
        return {0: 0, 1: 1, 3: 2}.get(_call("SSL_CTX_get_verify_mode", "i", "@", self._handle) & 3, 0)

    @verify_mode.setter
    def verify_mode(self, value):
        value = _index(value)
        if value not in (0, 1, 2):
            raise ValueError("invalid value for verify_mode")
        if value == 0 and self._check_hostname:
            raise ValueError("Cannot set verify_mode to CERT_NONE when check_hostname is enabled.")
        _call("SSL_CTX_set_verify", "v", "@iP", self._handle, (0, 1, 3)[value], 0)

    @property
    def verify_flags(self):
        return _call("X509_VERIFY_PARAM_get_flags", "Q", "P", self._parameters())

    @verify_flags.setter
    def verify_flags(self, value):
        old = self.verify_flags
        if old & ~value:
            _call("X509_VERIFY_PARAM_clear_flags", "i", "PQ", self._parameters(), old & ~value)
        if value & ~old:
            _call("X509_VERIFY_PARAM_set_flags", "i", "PQ", self._parameters(), value & ~old)

    @property
    def options(self):
        return _call("SSL_CTX_get_options", "Q", "@", self._handle)

    @options.setter
    def options(self, value):
        old = self.options
        if value & ~old & (OP_NO_SSLv2 | OP_NO_SSLv3 | OP_NO_TLSv1 | OP_NO_TLSv1_1 | OP_NO_TLSv1_2 | OP_NO_TLSv1_3):
            import warnings
            warnings.warn("ssl.OP_NO_SSL*/ssl.OP_NO_TLS* options are deprecated", DeprecationWarning, 2)
        if old & ~value:
            _call("SSL_CTX_clear_options", "Q", "@Q", self._handle, old & ~value)
        if value & ~old:
            _call("SSL_CTX_set_options", "Q", "@Q", self._handle, value & ~old)

    def _version(self, getter):
        value = self._control(getter)
        return value if value else -2 if getter == 130 else -1

    def _set_version(self, setter, value):
        if self._protocol in (3, 4, 5):
            raise ValueError("The context's protocol doesn't support modification of highest and lowest version.")
        if value not in (-2, -1, 0x300, 0x301, 0x302, 0x303, 0x304):
            raise ValueError(f"Unsupported protocol version 0x{value & 0xffffffff:x}")
        number = value if value > 0 else (0x301 if setter == 124 else 0) if value == -2 else (0x304 if setter == 123 else 0)
        if not self._control(setter, number):
            raise ValueError(f"Unsupported protocol version 0x{value & 0xffffffff:x}")

    minimum_version = property(lambda self: self._version(130), lambda self, value: self._set_version(123, value))
    maximum_version = property(lambda self: self._version(131), lambda self, value: self._set_version(124, value))
    security_level = property(lambda self: _call("SSL_CTX_get_security_level", "i", "@", self._handle))

    @property
    def num_tickets(self):
        return _call("SSL_CTX_get_num_tickets", "Q", "@", self._handle)

    @num_tickets.setter
    def num_tickets(self, value):
        if value < 0:
            raise ValueError("value must be non-negative")
        if self._protocol != 17:
            raise ValueError("SSLContext is not a server context.")
        _call("SSL_CTX_set_num_tickets", "i", "@Q", self._handle, value)

    @property
    def post_handshake_auth(self):
        return self._post_handshake_auth

    @post_handshake_auth.setter
    def post_handshake_auth(self, value):
        self._post_handshake_auth = bool(value)

    @property
    def _host_flags(self):
        return self._host_flags_value

    @_host_flags.setter
    def _host_flags(self, value):
        self._host_flags_value = value
        _call("X509_VERIFY_PARAM_set_hostflags", "v", "PI", self._parameters(), value)

    @property
    def keylog_filename(self):
        return self._keylog

    @keylog_filename.setter
    def keylog_filename(self, value):
        if value is not None:
            # Not the number of a descriptor, which would be closed here.
            value = _os.fspath(value)
            with open(value, "ab") as file:
                if file.tell() == 0:
                    file.write(b"# TLS secrets log file, generated by OpenSSL / Python\n")

            def write(connection, line):
                with open(value, "ab") as file:
                    file.write(_foreign.read(line, -1) + b"\n")
            self._kept["keylog"] = _foreign.Callback(write, "v", "PP")
        else:
            self._kept["keylog"] = None
        self._keylog = value
        callback = self._kept["keylog"]
        _call("SSL_CTX_set_keylog_callback", "v", "@P", self._handle, callback.address if callback else 0)

    @property
    def _msg_callback(self):
        return self._messages

    @_msg_callback.setter
    def _msg_callback(self, value):
        if value is not None and not callable(value):
            raise TypeError(f"{value} is not callable.")
        self._messages = value
        callback = None
        if value is not None:
            def pass_on(is_write, version, content_type, place, size, connection, _):
                ours = self._connections.get(connection)
                owner = ours.owner if ours is not None else None
                data = _foreign.read(place, size) if size else b""
                message_type = -1
                if content_type == 20:
                    message_type = 0x101
                elif content_type == 21:
                    message_type = data[1] if len(data) > 1 else -1
                elif content_type in (22, 256, 257):
                    message_type = data[0] if data else -1
                    if content_type == 256 and len(data) > 2:
                        # The header of a record tells its version itself.
                        version = data[1] << 8 | data[2]
                try:
                    value(owner if owner is not None else ours, "write" if is_write else "read", version, content_type, message_type, data)
                except BaseException as error:
                    import sys
                    sys.unraisablehook(sys.UnraisableHookArgs((type(error), error, error.__traceback__, None, value)))
            callback = _foreign.Callback(pass_on, "v", "iiiPQPP")
        self._kept["messages"] = callback
        # SSL_CTRL_SET_MSG_CALLBACK
        _call("SSL_CTX_callback_ctrl", "q", "@iP", self._handle, 15, callback.address if callback else 0)

    @property
    def sni_callback(self):
        return self._sni

    @sni_callback.setter
    def sni_callback(self, value):
        if self._protocol == 16:
            raise ValueError("sni_callback cannot be set on TLS_CLIENT context")
        if value is not None and not callable(value):
            raise TypeError("not a callable object")
        self._sni = value
        callback = None
        if value is not None:
            def asked(connection, alert, _):
                ours = self._connections.get(connection)
                # The alerts: a failed handshake, or an internal error where the result is no alert.
                fault = 40
                try:
                    name = _call("SSL_get_servername", "P", "Pi", connection, 0)
                    owner = ours.owner if ours is not None else None
                    answer = value(owner if owner is not None else ours, _text(name), self)
                    fault = 80
                    if answer is not None:
                        answer = _index(answer)
                except BaseException as error:
                    import sys
                    sys.unraisablehook(sys.UnraisableHookArgs((type(error), error, error.__traceback__, None, value)))
                    _foreign.store("i", alert, fault)
                    return 2
                if answer is None:
                    return 0
                _foreign.store("i", alert, answer)
                return 2
            callback = _foreign.Callback(asked, "i", "PPP")
        self._kept["sni"] = callback
        _call("SSL_CTX_callback_ctrl", "q", "@iP", self._handle, 53, callback.address if callback else 0)

    def set_ciphers(self, cipherlist, /):
        if not _call("SSL_CTX_set_cipher_list", "i", "@P", self._handle, _place(cipherlist.encode() + b"\0")):
            _call("ERR_clear_error", "v", "")
            raise SSLError("No cipher can be selected.")

    def get_ciphers(self):
        connection = _call("SSL_new", "P", "@", self._handle)
        if not connection:
            raise _error()
        ciphers, result = _call("SSL_get_ciphers", "P", "P", connection), []
        for index in range(_call("OPENSSL_sk_num", "i", "P", ciphers)):
            cipher, text, bits = _call("OPENSSL_sk_value", "P", "Pi", ciphers, index), bytearray(512), bytearray(4)
            strength = _call("SSL_CIPHER_get_bits", "i", "PP", cipher, _place(bits))
            _call("SSL_CIPHER_description", "P", "PPi", cipher, _place(text), 511)
            def long_name(function):
                number = _call(function, "i", "P", cipher)
                return _text(_call("OBJ_nid2ln", "P", "i", number)) if number else None
            result.append({
                "id": _call("SSL_CIPHER_get_id", "I", "P", cipher), "name": _text(_call("SSL_CIPHER_get_name", "P", "P", cipher)),
                "protocol": _text(_call("SSL_CIPHER_get_version", "P", "P", cipher)), "description": text.partition(b"\0")[0].decode().rstrip("\n"),
                "strength_bits": strength, "alg_bits": int.from_bytes(bits, "little"), "aead": bool(_call("SSL_CIPHER_is_aead", "i", "P", cipher)),
                "symmetric": long_name("SSL_CIPHER_get_cipher_nid"), "digest": long_name("SSL_CIPHER_get_digest_nid"),
                "kea": long_name("SSL_CIPHER_get_kx_nid"), "auth": long_name("SSL_CIPHER_get_auth_nid")})
        _call("SSL_free", "v", "P", connection)
        return result

    def _set_alpn_protocols(self, protos, /):
        data = bytes(memoryview(protos))
        self._alpn = data
        if _call("SSL_CTX_set_alpn_protos", "i", "@PI", self._handle, _place(data or b" "), len(data)):
            raise MemoryError

        def choose(connection, out, size, client, count, _):
            status = _call("SSL_select_next_proto", "i", "PPPIPI", out, size, _place(data), len(data), client, count)
            return 0 if status == 1 else 3
        self._kept["alpn"] = callback = _foreign.Callback(choose, "i", "PPPPIP")
        _call("SSL_CTX_set_alpn_select_cb", "v", "@PP", self._handle, callback.address, 0)

    def load_cert_chain(self, certfile, keyfile=None, password=None):
        certificate = _os.fsencode(certfile) + b"\0"
        key = certificate if keyfile is None else _os.fsencode(keyfile) + b"\0"
        callback, raised = None, []
        if password is not None:
            def give(place, size, _, data):
                try:
                    secret = password() if callable(password) else password
                    if isinstance(secret, str):
                        secret = secret.encode()
                    if not isinstance(secret, (bytes, bytearray)):
                        raise TypeError("password callback must return a string" if callable(password) else "password should be a string or callable")
                    if len(secret) > size:
                        raise ValueError(f"password cannot be longer than {size} bytes")
                    _foreign.write(place, secret)
                    return len(secret)
                except BaseException as error:
                    raised.append(error)
                    return -1
            if not callable(password) and not isinstance(password, (str, bytes, bytearray)):
                raise TypeError("password should be a string or callable")
            callback = _foreign.Callback(give, "i", "PiiP")
            _call("SSL_CTX_set_default_passwd_cb", "v", "@P", self._handle, callback.address)
        try:
            for function, codes, arguments in (("SSL_CTX_use_certificate_chain_file", "@P", (_place(certificate),)), ("SSL_CTX_use_PrivateKey_file", "@Pi", (_place(key), 1)),
                                               ("SSL_CTX_check_private_key", "@", ())):
                for path in (certfile, keyfile if keyfile is not None else certfile):
                    if not _os.path.exists(path):
                        raise FileNotFoundError(2, "No such file or directory")
                _call("ERR_clear_error", "v", "")
                if _call(function, "i", codes, self._handle, *arguments) != 1:
                    if raised:
                        raise raised[0]
                    raise _error()
        finally:
            if callback is not None:
                _call("SSL_CTX_set_default_passwd_cb", "v", "@P", self._handle, 0)

    def load_verify_locations(self, cafile=None, capath=None, cadata=None):
        if cafile is None and capath is None and cadata is None:
            raise TypeError("cafile, capath and cadata cannot be all omitted")
        if cadata is not None:
            self._load_data(cadata)
        if cafile is not None and not _os.path.exists(cafile):
            raise FileNotFoundError(2, "No such file or directory")
        if cafile is not None or capath is not None:
            file, folder = [None if path is None else _os.fsencode(path) + b"\0" for path in (cafile, capath)]
            if _call("SSL_CTX_load_verify_locations", "i", "@PP", self._handle, _place(file) if file else 0, _place(folder) if folder else 0) != 1:
                raise _error()

    def _load_data(self, data):
        is_text = isinstance(data, str)
        raw = data.encode("ascii") if is_text else bytes(memoryview(data))
        if not raw:
            raise ValueError("Empty certificate data")
        bio = _call("BIO_new_mem_buf", "P", "Pi", _place(raw), len(raw))
        store, loaded = _call("SSL_CTX_get_cert_store", "P", "@", self._handle), 0
        while True:
            certificate = _call("PEM_read_bio_X509", "P", "PPPP", bio, 0, 0, 0) if is_text else _call("d2i_X509_bio", "P", "PP", bio, 0)
            if not certificate:
                break
            _call("X509_STORE_add_cert", "i", "PP", store, certificate)
            _call("X509_free", "v", "P", certificate)
            loaded += 1
        _call("BIO_free", "i", "P", bio)
        if not loaded:
            _call("ERR_clear_error", "v", "")
            raise SSLError(0, "no start line: cadata does not contain a certificate" if is_text else "not enough data: cadata does not contain a certificate")
        _call("ERR_clear_error", "v", "")

    def set_default_verify_paths(self):
        if not _call("SSL_CTX_set_default_verify_paths", "i", "@", self._handle):
            raise _error()

    def load_dh_params(self, path, /):
        _sys.audit("open", path, "rb", 0)
        if not _os.path.exists(path):
            raise FileNotFoundError(2, "No such file or directory")
        bio = _call("BIO_new_file", "P", "PP", _place(_os.fsencode(path) + b"\0"), _place(b"r\0"))
        if not bio:
            raise _error()
        parameters = _call("PEM_read_bio_DHparams", "P", "PPPP", bio, 0, 0, 0)
        _call("BIO_free", "i", "P", bio)
        if not parameters:
            raise _error()
        done = self._control(3, 0, parameters)
        _call("DH_free", "v", "P", parameters)
        if not done:
            raise _error()

    def set_ecdh_curve(self, name, /):
        text = name if isinstance(name, bytes) else _os.fsencode(name)
        number = _call("OBJ_sn2nid", "i", "P", _place(text + b"\0"))
        if not number:
            raise ValueError(f"unknown elliptic curve name {name!r}")
        numbers = bytearray(number.to_bytes(4, "little"))
        if not self._control(91, 1, _place(numbers)):
            raise _error()

    def _certificates(self):
        store = _call("SSL_CTX_get_cert_store", "P", "@", self._handle)
        objects = _call("X509_STORE_get0_objects", "P", "P", store)
        for index in range(_call("OPENSSL_sk_num", "i", "P", objects)):
            item = _call("OPENSSL_sk_value", "P", "Pi", objects, index)
            yield _call("X509_OBJECT_get_type", "i", "P", item), _call("X509_OBJECT_get0_X509", "P", "P", item)

    def cert_store_stats(self):
        counts = {"x509": 0, "crl": 0, "x509_ca": 0}
        for kind, certificate in self._certificates():
            if kind == 1:
                counts["x509"] += 1
                counts["x509_ca"] += bool(_call("X509_check_ca", "i", "P", certificate))
            elif kind == 2:
                counts["crl"] += 1
        return counts

    def get_ca_certs(self, binary_form=False):
        return [_encoded(certificate) if binary_form else _decoded(certificate) for kind, certificate in self._certificates()
                if kind == 1 and _call("X509_check_ca", "i", "P", certificate)]

    def session_stats(self):
        names = ("number", "connect", "connect_good", "connect_renegotiate", "accept", "accept_good", "accept_renegotiate", None, "hits", "misses", "timeouts", "cache_full")
        commands = (20, 21, 22, 23, 24, 25, 26, None, 27, 29, 30, 31)
        return {name: self._control(command) for name, command in zip(names, commands) if name}

    def _wrap_socket(self, sock, server_side, server_hostname=None, *, owner=None, session=None):
        return _SSLSocket._make(self, server_side, server_hostname, owner, session, sock=sock)

    def _wrap_bio(self, incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None):
        return _SSLSocket._make(self, server_side, server_hostname, owner, session, bios=(incoming, outgoing))


# MARK: Connections

class _SSLSocket:
    """A connection."""
    _number = 0

    def __new__(cls, *arguments, **keywords):
        raise TypeError("cannot create '_ssl._SSLSocket' instances")

    @classmethod
    def _make(cls, context, server_side, server_hostname, owner, session, sock=None, bios=None):
        if server_side and context._protocol == 16:
            raise SSLError("Cannot create a server socket with a PROTOCOL_TLS_CLIENT context")
        if not server_side and context._protocol == 17:
            raise SSLError("Cannot create a client socket with a PROTOCOL_TLS_SERVER context")
        self = object.__new__(cls)
        self._context, self._server_side, self._sock, self._bios = context, bool(server_side), None if sock is None else _weakref.ref(sock), bios
        self._owner = None if owner is None else _weakref.ref(owner)
        self._hostname, self._shutdown_seen = server_hostname, False
        number = _call("SSL_new", "P", "@", context._handle)
        if not number:
            raise _error()
        self._number, self._handle = number, _owned(number, "SSL_free", 1 << 15)
        context._connections[number] = self
        if bios is not None:
            for bio in bios:
                _call("BIO_up_ref", "i", "@", bio._handle)
            _call("SSL_set_bio", "v", "@@@", self._handle, bios[0]._handle, bios[1]._handle)
        else:
            _call("SSL_set_fd", "i", "@i", self._handle, sock.fileno())
        _call("SSL_ctrl", "q", "@iqP", self._handle, 33, 2 | 4, 0)
        if context._post_handshake_auth:
            if self._server_side:
                mode = _call("SSL_get_verify_mode", "i", "@", self._handle)
                if mode & 1:
                    _call("SSL_set_verify", "v", "@iP", self._handle, mode | 8, 0)
            else:
                _call("SSL_set_post_handshake_auth", "v", "@i", self._handle, 1)
        if server_hostname is not None:
            if not server_hostname or server_hostname.startswith("."):
                raise ValueError("server_hostname cannot be an empty string or start with a leading dot.")
            if "\0" in server_hostname:
                raise TypeError("argument must be encoded string without null bytes, not str")
            name = server_hostname.encode("idna") if not server_hostname.isascii() else server_hostname.encode()
            self._hostname = name.decode()
            text, parameters = name + b"\0", _call("SSL_get0_param", "P", "@", self._handle)
            _names[number] = self._hostname
            if _is_address(self._hostname):
                if context._check_hostname:
                    _call("X509_VERIFY_PARAM_set1_ip_asc", "i", "PP", parameters, _place(text))
            else:
                _call("SSL_ctrl", "q", "@iqP", self._handle, 55, 0, _place(text))
                if context._check_hostname:
                    _call("X509_VERIFY_PARAM_set1_host", "i", "PPQ", parameters, _place(text), len(name))
        _call("SSL_set_accept_state" if self._server_side else "SSL_set_connect_state", "v", "@", self._handle)
        if session is not None:
            self.session = session
        return self

    def __del__(self):
        _names.pop(self._number, None)

    context = property(lambda self: self._context)

    @context.setter
    def context(self, value):
        if not isinstance(value, _SSLContext):
            raise TypeError("The value must be a SSLContext")
        self._context = value
        _call("SSL_set_SSL_CTX", "P", "@@", self._handle, value._handle)

    server_side = property(lambda self: self._server_side)
    server_hostname = property(lambda self: self._hostname)

    @property
    def owner(self):
        return None if self._owner is None else self._owner()

    @owner.setter
    def owner(self, value):
        self._owner = None if value is None else _weakref.ref(value)

    @property
    def session(self):
        # A connection that ends without a farewell spoils its session: everybody has a copy.
        session = _call("SSL_get_session", "P", "@", self._handle)
        return SSLSession._make(_call("SSL_SESSION_dup", "P", "P", session), self._context) if session else None

    @session.setter
    def session(self, value):
        if not isinstance(value, SSLSession):
            raise TypeError("Value is not a SSLSession.")
        if value._context is not self._context:
            raise ValueError("Session refers to a different SSLContext.")
        if self._server_side:
            raise ValueError("Cannot set session for server-side SSLSocket.")
        if _call("SSL_is_init_finished", "i", "@", self._handle):
            raise ValueError("Cannot set session after handshake.")
        copy = SSLSession._make(_call("SSL_SESSION_dup", "P", "@", value._handle), self._context)
        _call("SSL_set_session", "i", "@@", self._handle, copy._handle)

    session_reused = property(lambda self: bool(_call("SSL_session_reused", "i", "@", self._handle)))

    def _run(self, what, function, result_is_good):
        """Run an operation until it is done, waiting as the socket's timeout says."""
        sock = None
        if self._sock is not None:
            sock = self._sock()
            if sock is None or sock.fileno() < 0:
                raise _error(SSLError, 0, text="Underlying socket connection gone")
        timeout = sock.gettimeout() if sock is not None else 0
        deadline = _time.monotonic() + timeout if timeout else None
        while True:
            _call("ERR_clear_error", "v", "")
            result = function()
            # The system's number is taken before anything else can change it.
            number = _foreign.errno() if sock is not None else 0
            if result_is_good(result):
                return result
            kind = _call("SSL_get_error", "i", "@i", self._handle, result if result <= 0 else 0)
            if kind in (2, 3):
                if timeout == 0 or sock is None:
                    word = "read" if kind == 2 else "write"
                    raise (SSLWantReadError if kind == 2 else SSLWantWriteError)(kind, f"The operation did not complete ({word})")
                left = None if deadline is None else max(0, deadline - _time.monotonic())
                poll = _select.poll()
                poll.register(sock.fileno(), _select.POLLIN if kind == 2 else _select.POLLOUT)
                if not poll.poll(None if left is None else left * 1000):
                    raise TimeoutError(f"The {what} operation timed out")
                continue
            if kind == 6:
                raise SSLZeroReturnError(6, "TLS/SSL connection has been closed (EOF)")
            if kind == 5:
                if _call("ERR_peek_last_error", "Q", "") == 0:
                    if result == 0 or number == 0:
                        raise SSLEOFError(8, "EOF occurred in violation of protocol")
                    raise OSError(number, _os.strerror(number))
                raise _error(SSLSyscallError, 5, self._number)
            if kind == 1:
                code = _call("ERR_peek_last_error", "Q", "")
                if code & 0x7fffff == 294:
                    _call("ERR_clear_error", "v", "")
                    raise SSLEOFError(8, "EOF occurred in violation of protocol")
                raise _error(SSLError, 1, self._number)
            raise SSLError(kind, "Invalid error code")

    def _plain(self, name, codes, *arguments):
        """Call an operation; errno is kept apart for `_run`."""
        address = _addresses.get(name)
        if address is None:
            address = _addresses[name] = _foreign.dlsym(_ssl_library, name)
        _foreign.errno(0)
        return _foreign.call(address, "i", codes, arguments, 2)

    def do_handshake(self):
        """Perform the SSL handshake."""
        self._run("handshake", lambda: self._plain("SSL_do_handshake", "@", self._handle), lambda status: status == 1)

    def read(self, size, buffer=None, /):
        """Read up to size bytes from the SSL socket."""
        if buffer is None:
            if size < 0:
                raise ValueError("size should not be negative")
            target = bytearray(max(size, 1))
            room = size
        else:
            target = buffer
            room = memoryview(buffer).nbytes
            if size > 0:
                room = min(size, room)
        if room == 0:
            return b"" if buffer is None else 0
        place = _foreign.buffer_address(target, True)[0]
        try:
            got = self._run("read", lambda: self._plain("SSL_read", "@Pi", self._handle, place, min(room, 0x7fffffff)), lambda count: count > 0)
        except SSLZeroReturnError:
            if not _call("SSL_get_shutdown", "i", "@", self._handle) & 2:
                raise
            got = 0
        return bytes(target[:got]) if buffer is None else got

    def write(self, b, /):
        """Writes the bytes-like object b into the SSL object: the number of bytes written."""
        data = bytes(memoryview(b))
        if not data:
            return 0
        place = _place(data)
        return self._run("write", lambda: self._plain("SSL_write", "@Pi", self._handle, place, min(len(data), 0x7fffffff)), lambda count: count > 0)

    def pending(self):
        """How many decrypted bytes wait to be read."""
        return _call("SSL_pending", "i", "@", self._handle)

    def shutdown(self):
        """Say goodbye, and wait for the other end to."""
        def step():
            status = self._plain("SSL_shutdown", "@", self._handle)
            # The first half is done: the peer's answer is awaited by another call.
            if status == 0 and not self._shutdown_seen:
                self._shutdown_seen = True
                status = self._plain("SSL_shutdown", "@", self._handle)
            return status
        self._run("read", step, lambda status: status > 0)
        return self._sock() if self._sock is not None else None

    def version(self):
        if not _call("SSL_is_init_finished", "i", "@", self._handle):
            return None
        return _text(_call("SSL_get_version", "P", "@", self._handle))

    def _cipher(self, place):
        return (_text(_call("SSL_CIPHER_get_name", "P", "P", place)), _text(_call("SSL_CIPHER_get_version", "P", "P", place)), _call("SSL_CIPHER_get_bits", "i", "PP", place, 0))

    def cipher(self):
        place = _call("SSL_get_current_cipher", "P", "@", self._handle)
        return self._cipher(place) if place else None

    def shared_ciphers(self):
        ciphers = _call("SSL_get_ciphers", "P", "@", self._handle)
        if not ciphers:
            return None
        return [self._cipher(_call("OPENSSL_sk_value", "P", "Pi", ciphers, index)) for index in range(_call("OPENSSL_sk_num", "i", "P", ciphers))]

    def compression(self):
        return None

    def selected_alpn_protocol(self):
        out = bytearray(16)
        _call("SSL_get0_alpn_selected", "v", "@PP", self._handle, _place(out), _place(out) + 8)
        size = int.from_bytes(out[8:12], "little")
        return _foreign.read(_foreign.load("P", _place(out)), size).decode() if size else None

    def getpeercert(self, binary_mode=False, /):
        """Returns the certificate for the peer."""
        if not _call("SSL_is_init_finished", "i", "@", self._handle):
            raise ValueError("handshake not done yet")
        certificate = _call("SSL_get1_peer_certificate", "P", "@", self._handle)
        if not certificate:
            return None
        try:
            if binary_mode:
                return _encoded(certificate)
            return _decoded(certificate) if _call("SSL_get_verify_mode", "i", "@", self._handle) & 1 else {}
        finally:
            _call("X509_free", "v", "P", certificate)

    def _chain(self, chain):
        if not chain:
            return None
        result = []
        for index in range(_call("OPENSSL_sk_num", "i", "P", chain)):
            certificate = _call("OPENSSL_sk_value", "P", "Pi", chain, index)
            _call("X509_up_ref", "i", "P", certificate)
            result.append(Certificate._make(certificate))
        return result

    def get_verified_chain(self):
        return self._chain(_call("SSL_get0_verified_chain", "P", "@", self._handle))

    def get_unverified_chain(self):
        chain = self._chain(_call("SSL_get_peer_cert_chain", "P", "@", self._handle))
        if self._server_side and chain is not None:
            own = _call("SSL_get1_peer_certificate", "P", "@", self._handle)
            if own:
                chain.insert(0, Certificate._make(own))
        return chain

    def get_channel_binding(self, cb_type="tls-unique"):
        """Bytes that only this connection has."""
        if cb_type != "tls-unique":
            raise ValueError(f"'{cb_type}' channel binding type not implemented")
        out = bytearray(128)
        finished = "SSL_get_peer_finished" if self.session_reused ^ (not self._server_side) ^ True else "SSL_get_finished"
        size = _call(finished, "Q", "@PQ", self._handle, _place(out), len(out))
        return bytes(out[:size]) if size else None

    def verify_client_post_handshake(self):
        """Ask the client for a certificate after the handshake, in TLS 1.3"""
        if not _call("SSL_verify_client_post_handshake", "i", "@", self._handle):
            raise _error()


for _class in (_SSLContext, _SSLSocket, MemoryBIO, SSLSession, Certificate):
    _class.__module__ = "_ssl"
_twins.publish(globals(), private=["_test_decode_cert"])
