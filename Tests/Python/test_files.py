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

    make()
    for _ in range(3):
        gc.collect()
    assert order == ["outer", "middle", "inner"], order


def test_unclosed_file_warns():
    result = subprocess.run([sys.executable, "-Wd", "-c", f"import gc\ndef f(): open({PATH!r}, 'wb', 0)\nf(); gc.collect(); gc.collect()"],
                            capture_output=True, text=True)
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


run(globals())
