"""Sockets: addresses, timeouts, control messages, names, and the texts of errors."""
import array
import os
import select
import socket
import threading

import _socket
from harness import check_all, raises, run


def test_pairs_and_their_names():
    a, b = socket.socketpair()
    a.sendall(b"hello")
    assert b.recv(2) == b"he" and b.recv(100) == b"llo"
    assert a.getsockname() == "" and a.family == socket.AF_UNIX
    data = bytearray(8)
    b.send(b"abc")
    assert a.recv_into(data) == 3 and data[:3] == b"abc"
    b.close()
    assert a.recv(1) == b""
    raises(BrokenPipeError, "[Errno 32] Broken pipe", a.send, b"x")
    a.close()
    assert a.fileno() == -1
    raises(OSError, "[Errno 9] Bad file descriptor", a.recv, 1)


def test_timeouts():
    a, b = socket.socketpair()
    a.settimeout(0.01)
    assert a.gettimeout() == 0.01 and a.getblocking()
    raises(TimeoutError, "timed out", a.recv, 1)
    a.setblocking(False)
    assert a.timeout == 0.0 and not a.getblocking()
    raises(BlockingIOError, "[Errno 11] Resource temporarily unavailable", a.recv, 1)
    a.settimeout(None)
    assert a.timeout is None
    raises(ValueError, "Timeout value out of range", a.settimeout, -1)
    raises(TypeError, "'str' object cannot be interpreted as an integer", a.settimeout, "1")
    assert socket.getdefaulttimeout() is None
    a.close(), b.close()


def test_connections():
    server = socket.create_server(("127.0.0.1", 0))
    address = server.getsockname()
    client = socket.create_connection(address)
    accepted, peer = server.accept()
    assert peer == client.getsockname() and client.getpeername() == address
    assert not os.get_inheritable(accepted.fileno())
    thread = threading.Thread(target=lambda: accepted.sendall(bytes(10_000_000)))
    thread.start()
    count = 0
    while count < 10_000_000:
        count += len(client.recv(65536))
    thread.join()
    client.shutdown(socket.SHUT_WR)
    assert accepted.recv(10) == b""
    for each in (client, accepted, server):
        each.close()
    raises(ConnectionRefusedError, "[Errno 111] Connection refused", socket.create_connection, address)
    with socket.socket() as lonely:
        assert lonely.connect_ex(address) == 111


def test_datagrams():
    a, b = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    a.bind(("127.0.0.1", 0)), b.bind(("127.0.0.1", 0))
    assert a.sendto(b"x" * 5, b.getsockname()) == 5
    assert b.recvfrom(10) == (b"xxxxx", a.getsockname())
    a.sendto(b"abc", 0, b.getsockname())
    data = bytearray(4)
    assert b.recvfrom_into(data) == (3, a.getsockname())
    raises(TypeError, "sendto() takes 2 or 3 arguments (1 given)", a.sendto, b"")
    a.close(), b.close()


def test_control_messages():
    a, b = socket.socketpair()
    read, write = os.pipe()
    assert a.sendmsg([b"ab", b"cd"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [write]))]) == 4
    data, control, flags, address = b.recvmsg(10, socket.CMSG_SPACE(4))
    assert data == b"abcd" and flags & ~socket.MSG_CMSG_CLOEXEC == 0 and len(control) == 1
    level, kind, payload = control[0]
    assert (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
    received = array.array("i", payload)[0]
    os.write(received, b"through")
    assert os.read(read, 10) == b"through"
    for each in (read, write, received):
        os.close(each)
    a.send(b"12345")
    parts = [bytearray(2), bytearray(10)]
    assert b.recvmsg_into(parts)[0] == 5 and bytes(parts[0]) == b"12" and parts[1][:3] == b"345"
    socket.send_fds(a, [b"m"], [0])
    message, descriptors, *_ = socket.recv_fds(b, 10, 3)
    assert message == b"m" and len(descriptors) == 1
    os.close(descriptors[0])
    assert socket.CMSG_LEN(4) == 20 and socket.CMSG_SPACE(4) == 24
    raises(OverflowError, "CMSG_LEN() argument out of range", socket.CMSG_LEN, -1)
    raises(TypeError, "sendmsg() argument 1 must be an iterable", a.sendmsg, 3)
    raises(ValueError, "negative buffer size in recvmsg()", a.recvmsg, -1)
    a.close(), b.close()


def test_addresses_are_checked():
    s = socket.socket()
    for text, address in [("bind(): AF_INET address must be tuple, not int", 3), ("AF_INET address must be a pair (host, port)", ("a",)),
                          ("str, bytes or bytearray expected, not int", (3, 4)), ("host name must not contain null character", ("a\0", 4)),
                          ("'str' object cannot be interpreted as an integer", ("127.0.0.1", "4"))]:
        raises(TypeError, text, s.bind, address)
    raises(OverflowError, "bind(): port must be 0-65535.", s.bind, ("127.0.0.1", 65536))
    raises(ValueError, "negative buffersize in recv", s.recv, -1)
    raises(TypeError, "recv() takes at least 1 argument (0 given)", s.recv)
    raises(TypeError, "recv_into() argument 1 must be read-write bytes-like object, not bytes", s.recv_into, b"a")
    raises(ValueError, "buffer too small for requested bytes", s.recv_into, bytearray(2), 5)
    raises(TypeError, "a bytes-like object is required, not 'str'", s.send, "text")
    s.close()
    with socket.socket(socket.AF_UNIX) as unix:
        raises(OSError, "AF_UNIX path too long", unix.bind, "a" * 200)
        raises(FileNotFoundError, "[Errno 2] No such file or directory", unix.connect, "/nonexistent/socket")


def test_abstract_addresses():
    name = b"\0taipan-test-%d" % os.getpid()
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(name)
        assert s.getsockname() == name


def test_options():
    with socket.socket() as s:
        assert s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR) == 0
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        assert s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR) == 1
        assert s.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 4) == b"\1\0\0\0"
        raises(OSError, "getsockopt buflen out of range", s.getsockopt, 1, 2, 2000)
        raises(TypeError, "a bytes-like object is required, not 'float'", s.setsockopt, 1, 2, 2.5)


def test_objects_show_themselves():
    s = _socket.socket()
    assert repr(s) == f"<socket object, fd={s.fileno()}, family=2, type=1, proto=0>"
    descriptor = s.detach()
    assert repr(s) == "<socket object, fd=-1, family=2, type=1, proto=0>"
    other = _socket.socket(fileno=descriptor)
    assert other.family == 2 and other.type == 1 and other.proto == 6
    other.close()
    raises(ValueError, "negative file descriptor", _socket.socket, fileno=-1)
    raises(OSError, "[Errno 97] Address family not supported by protocol", _socket.socket, 999)


def test_numbers_and_text():
    check_all(socket.htons, [(1, 256)])
    check_all(socket.htonl, [(1, 1 << 24)])
    check_all(socket.inet_aton, [("1.2.3", b"\1\2\0\3")])
    check_all(socket.inet_ntoa, [(b"\1\2\3\4", "1.2.3.4")])
    check_all(socket.inet_pton, [((socket.AF_INET6, "::1"), bytes(15) + b"\1")])
    check_all(socket.inet_ntop, [((socket.AF_INET6, bytes(15) + b"\1"), "::1")])
    raises(OverflowError, "htons: can't convert negative Python int to C 16-bit unsigned integer", socket.htons, -1)
    raises(OSError, "illegal IP address string passed to inet_pton", socket.inet_pton, socket.AF_INET, "x")
    raises(ValueError, "unknown address family 99", socket.inet_ntop, 99, b"abcd")


def test_names():
    assert socket.getaddrinfo("127.0.0.1", 80, proto=6) == [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]
    assert socket.gethostbyname("127.0.0.1") == "127.0.0.1"
    assert socket.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV) == ("127.0.0.1", "80")
    raises(TypeError, "getaddrinfo() argument 1 must be string or None", socket.getaddrinfo, 3, 80)
    raises(OSError, "Int or String expected", socket.getaddrinfo, "a", 3.5)
    raises(TypeError, "getnameinfo() argument 1 must be a tuple", socket.getnameinfo, 3, 0)
    assert issubclass(socket.gaierror, OSError) and socket.gaierror.__module__ == "socket"
    assert socket.timeout is TimeoutError and socket.error is OSError


def test_select_of_a_list_that_changes():
    a, b = socket.socketpair()
    items = []

    class Shrinking:
        def fileno(self):
            del items[-1]
            return a.fileno()

    items[:] = [Shrinking() for _ in range(10)]
    assert select.select([], items, []) == ([], items[:5], [])
    a.close(), b.close()


def test_streams_over_sockets():
    a, b = socket.socketpair()
    with a.makefile("w", encoding="utf-8", newline="\n") as writer, b.makefile("r", encoding="utf-8") as reader:
        writer.write("häl\nlo\n")
        writer.flush()
        assert reader.readline() == "häl\n" and reader.readline() == "lo\n"
    with a.makefile("rb") as stream:
        assert repr(stream).startswith("<_io.BufferedReader name=")
    a.close(), b.close()


run(globals())
