"""pytest runs a small suite: passes, failures, fixtures, parameters, captured output, skips, expected failures and errors."""
import os
import re
import subprocess
import sys
import tempfile

suite = '''
import sys
import pytest

@pytest.fixture
def numbers():
    print("set up")
    yield [1, 2, 3]
    print("tear down")

@pytest.fixture(scope="module", params=["a", "b"])
def letter(request):
    return request.param

def test_pass(numbers):
    assert sum(numbers) == 6

def test_fail(numbers):
    total = sum(numbers)
    print("printed", total)
    print("to stderr", file=sys.stderr)
    assert total == 7, "wrong total"

@pytest.mark.parametrize("a, b, expected", [(1, 2, 3), (2, 2, 5), pytest.param(0, 0, 0, id="zero")])
def test_add(a, b, expected):
    assert a + b == expected

def test_letter(letter, tmp_path):
    (tmp_path / letter).write_text(letter)
    assert (tmp_path / letter).read_text() in "ab"

def test_raises():
    with pytest.raises(ZeroDivisionError, match="division"):
        1 / 0

def test_error():
    {}["missing"]

def test_compare():
    assert {"a": 1, "b": [1, 2, 3]} == {"a": 1, "b": [1, 2, 4]}

def test_text():
    assert "one\\ntwo\\nthree" == "one\\n2\\nthree"

@pytest.mark.skip(reason="not today")
def test_skipped():
    pass

@pytest.mark.xfail
def test_expected():
    assert False

@pytest.mark.xfail(strict=True)
def test_unexpected():
    pass

def test_capture(capsys):
    print("hello")
    assert capsys.readouterr().out == "hello\\n"

def test_monkeypatch(monkeypatch):
    monkeypatch.setenv("A_VARIABLE", "1")
    import os
    assert os.environ["A_VARIABLE"] == "1"

def test_approx():
    assert 0.1 + 0.2 == pytest.approx(0.3)

class TestClass:
    @classmethod
    def setup_class(cls):
        cls.value = 42

    def test_value(self):
        assert self.value == 42

    def test_broken(self, nonexistent):
        pass
'''
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "test_suite.py")
    with open(path, "w") as file:
        file.write(suite)
    for options in [["-v"], ["-q", "-rA", "--tb=short"], ["--collect-only", "-q"], ["-x", "--tb=line"], ["-k", "add or letter", "-vv"]]:
        result = subprocess.run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, "test_suite.py"], capture_output=True, text=True, cwd=folder)
        text = re.sub(r"in \d+\.\d+s", "in TIME", result.stdout.replace(folder, "FOLDER"))
        text = re.sub(r"platform linux -- .*", "platform", re.sub(r"0x[0-9a-f]+", "ADDRESS", text))
        print(options, result.returncode, text, result.stderr)
