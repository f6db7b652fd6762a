"""Files that nobody closes, buffers between threads, damaged ends of streams."""
import gc
import io
import os
import subprocess
import sys
import tempfile
import threading

from harness import raises, run

FOLDER = tempfile.mkdtemp(prefix="test-files-")
PATH = os.path.join(FOLDER, "file")


def contents():
    with open(PATH, "rb") as file:
        return file.read()


def python(source):
    return subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)


def test_a_forgotten_file_is_written_out():
    def forget():
        file = open(PATH, "w")
        file.write("text that was never flushed")

    forget()
    for _ in range(3):
        gc.collect()
    assert contents() == b"text that was never flushed"


def test_a_file_left_open_is_written_out_at_the_end():
    result = python(f"file = open({PATH!r}, 'w'); file.write('left open')")
    assert (result.returncode, result.stderr) == (0, "") and contents() == b"left open"
    result = python(f"class Keeper:\n    file = open({PATH!r}, 'w')\nKeeper.file.write('kept by a class')")
    assert result.returncode == 0 and contents() == b"kept by a class"


def test_finalizers_run_at_the_end_and_see_their_globals():
    result = python("word = 'seen'\nclass A:\n    def __del__(self): print('deleted', word)\na = A()")
    assert (result.stdout, result.stderr) == ("deleted seen\n", "")


def test_outer_objects_are_finalized_before_inner_ones():
    order = []

    class Node:
        def __init__(self, name, inner=None):
            self.name, self.inner = name, inner

        def __del__(self):
            order.append(self.name)

    def make():
        inner = Node("inner")
        Node("outer", Node("middle", inner))

    # A word on the stack may keep some of them alive a while.
    for _ in range(20):
        make()
    for _ in range(3):
        gc.collect()
    assert len(order) >= 3, order
    while order:
        assert order.index("outer") < order.index("middle") < order.index("inner"), order
        for name in ("outer", "middle", "inner"):
            order.remove(name)


def test_unclosed_file_warns():
    source = f"""
import gc
def forget():
    open({PATH!r}, "wb", 0)
for _ in range(20):
    forget()
gc.collect()
gc.collect()
print(gc.isenabled())
"""
    result = subprocess.run([sys.executable, "-Wd", "-c", source], capture_output=True, text=True)
    assert "ResourceWarning: unclosed file <_io.FileIO name=" in result.stderr, result.stderr


def test_one_unsupported_operation():
    with open(PATH, "wb") as file:
        raises(io.UnsupportedOperation, "read", file.read)
    assert issubclass(io.UnsupportedOperation, OSError) and issubclass(io.UnsupportedOperation, ValueError)


def test_a_wrapper_asks_what_the_buffer_can_do():
    class Raw(io.RawIOBase):
        def readable(self): return True
        def read(self, size=-1):
            data, self.left = self.left[:size], self.left[size:]
            return data
        left = b"one\ntwo"

    assert io.TextIOWrapper(Raw(), encoding="ascii").readlines() == ["one\n", "two"]
    text = io.TextIOWrapper(io.BytesIO(b"abc"), encoding="ascii")
    text.detach()
    assert text.encoding == "ascii" and repr(text) == "<_io.TextIOWrapper encoding='ascii'>"
    raises(ValueError, "underlying buffer has been detached", text.read)
    with open(PATH, "w") as file:
        raises(io.UnsupportedOperation, "not readable", file.read)
    with open(PATH) as file:
        raises(io.UnsupportedOperation, "not writable", file.write, "a")


def test_chunk_size_is_not_deleted():
    text = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    try:
        del text._CHUNK_SIZE
    except AttributeError:
        pass
    else:
        assert False


def test_readinto1_reads_once():
    class Raw(io.RawIOBase):
        chunks = [b"abc", b"de", b"fghij"]
        def readable(self): return True
        def readinto(self, buffer):
            data = self.chunks.pop(0)
            buffer[:len(data)] = data
            return len(data)

    reader = io.BufferedReader(Raw(), 4)
    reader.peek()
    target = bytearray(20)
    assert reader.readinto1(target) == 5 and target[:5] == b"abcde"


def test_threads_share_a_buffered_file():
    with open(PATH, "wb", buffering=100) as file:
        def work(letter):
            for _ in range(500):
                file.write(letter * 37)
        threads = [threading.Thread(target=work, args=(bytes([65 + i]),)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    data = contents()
    assert len(data) == 4 * 500 * 37 and all(data.count(65 + i) == 500 * 37 for i in range(4))


def test_last_removes_the_folder():
    os.unlink(PATH)
    os.rmdir(FOLDER)


def test_positions_in_text_of_stateful_codecs():
    import io
    text = "h\u00e9llo\n\u65e5\u672c\u8a9e w\u00f6rld\r\nend" * 20
    for encoding in "iso2022_jp_2004", "utf-8-sig", "shift_jis_2004":
        stream = io.TextIOWrapper(io.BytesIO(text.encode(encoding, "replace")), encoding, newline="")
        stream._CHUNK_SIZE = 16
        whole = stream.read()
        for place in range(0, len(whole) + 1, 7):
            stream.seek(0)
            assert stream.read(place) == whole[:place]
            cookie = stream.tell()
            assert stream.read(5) == whole[place:place + 5]
            stream.seek(cookie)
            assert stream.read() == whole[place:], (encoding, place)


def test_reading_nothing_from_a_closed_descriptor():
    import os
    reading, writing = os.pipe()
    assert os.read(reading, 0) == b""
    os.close(reading)
    os.close(writing)
    raises(OSError, "[Errno 9] Bad file descriptor", os.read, reading, 0)


def test_scandir_of_bytes_like():
    import os, warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names = [entry.path for entry in os.scandir(bytearray(b"/proc/self/fdinfo"))]
    assert all(type(name) is bytes and name.startswith(b"/proc/self/fdinfo/") for name in names)


def test_what_a_dropped_file_holds_is_there_for_others():
    import os, subprocess, tempfile
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")

        def text():
            open(path, "w").write("text")

        def binary():
            open(path, "wb").write(b"data")

        def lines():
            print("line", file=open(path, "w"))

        for function, expected in (text, b"text"), (binary, b"data"), (lines, b"line\n"):
            function()
            with open(path, "rb") as file:
                assert file.read() == expected
            os.unlink(path)
            function()
            assert os.stat(path).st_size == os.path.getsize(path) == len(expected)
            os.unlink(path)
            function()
            assert subprocess.run(["cat", path], capture_output=True).stdout == expected
            os.unlink(path)
            function()
            other = path + ".other"
            os.rename(path, other)
            descriptor = os.open(other, os.O_RDONLY)
            assert os.read(descriptor, 100) == expected
            os.close(descriptor)
            os.unlink(other)
    # Many of them, and files that are written further.
    with tempfile.TemporaryDirectory() as folder:
        log = open(os.path.join(folder, "log"), "w")
        for number in range(300):
            name = os.path.join(folder, str(number))
            open(name, "w").write("x" * number)
            log.write("%d " % number)
            assert len(open(name).read()) == number
        log.close()
        assert open(log.name).read().split() == [str(number) for number in range(300)]


def test_lines_one_after_the_other():
    path = os.path.join(tempfile.mkdtemp(), "lines")
    parts = ["one\n", "two\r\n", "\n", "three\r", "f\u00fcnf\n", "\u4e00\n", "long " * 5000 + "\n", "last"]
    with open(path, "w", newline="", encoding="utf-8") as file:
        file.writelines(parts * 50)
    whole = "".join(parts * 50)
    for newline in None, "", "\n", "\r", "\r\n":
        with open(path, newline=newline, encoding="utf-8") as file:
            lines = list(file)
        text = whole.replace("\r\n", "\n").replace("\r", "\n") if newline is None else whole
        assert "".join(lines) == text
        ends = ("\n",) if newline is None else ("\n", "\r") if newline == "" else (newline,)
        assert all(line.endswith(ends) for line in lines[:-1])
    with open(path, "rb") as file:
        assert list(file) == whole.encode().splitlines(True) if b"\r" not in whole.encode() else b"".join(file) == whole.encode()
    with open(path, "r+", encoding="utf-8", newline="\n") as file:
        assert file.readline() == "one\n" and next(file) == "two\r\n"
        raises(OSError, "telling position disabled by next() call", file.tell)
        file.seek(0)
        assert file.readline() == "one\n" and file.tell() == 4
        file.close()
        raises(ValueError, "I/O operation on closed file.", file.readline)
        raises(ValueError, "I/O operation on closed file.", next, file)
    with open(path, "rb") as file:
        next(file)
    raises(ValueError, None, next, file)


def test_open_belongs_to_io():
    assert open is io.open and open.__module__ == io.open_code.__module__ == io.text_encoding.__module__ == "io"
    import pickle
    assert b"_io" not in pickle.dumps(open) and pickle.loads(pickle.dumps(open)) is open


def test_a_binary_standard_output_is_flushed_at_exit():
    source = "import os, sys\nsys.stdout = os.fdopen(1, 'wb')\nsys.stdout.write(b'te\\xe4st')"
    assert subprocess.run([sys.executable, "-c", source], capture_output=True).stdout == b"te\xe4st"
    source = "import os, sys\nsys.stdout = open(1, 'wb', closefd=False)\nsys.stdout.write(b'text')\nsys.__stdout__ = None"
    assert subprocess.run([sys.executable, "-c", source], capture_output=True).stdout == b"text"


def test_descriptors_of_unreachable_objects():
    # What nobody refers to any more is closed when there are no more descriptors.
    code = """if True:
        import gc, os, resource, select, socket, tempfile, warnings
        resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48))
        warnings.simplefilter("ignore")
        gc.disable()
        folder = tempfile.mkdtemp()
        makers = [socket.socket, socket.socketpair, lambda: open(os.devnull), lambda: open(os.devnull, "rb", 0), select.epoll, lambda: os.scandir(folder).__next__,
                  lambda: os.fdopen(os.dup(0)), lambda: [os.fdopen(end, "wb") for end in os.pipe()], lambda: os.fdopen(os.open(os.devnull, os.O_RDONLY))]
        for make in makers:
            for _ in range(120):
                make()
        kept = []
        try:
            while True:
                kept.append(open(os.devnull))
        except OSError as error:
            print(error.errno == 24, len(kept) > 30)
        os.rmdir(folder)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("True True\n", ""), done


run(globals())
