"""Make objects of the native modules and call their methods, several in a row, with numbers at the edges of every C type.

What is looked for is arithmetic on numbers that a program gave: a size that overflows, a position beyond the end that a
later call believes, a shift by more than the width. So the arguments are mostly numbers, the receivers are objects in
a usual state, and one case calls several methods of one object.
"""
import sys
import cases

NUMBERS = [0, 1, -1, 2, 3, 7, 8, 63, 64, 65, 255, 256, -128, 65535, 65536, 0xD800, 0x10FFFF, 0x110000, 2 ** 31 - 1, 2 ** 31, -2 ** 31, -2 ** 31 - 1, 2 ** 32 - 1, 2 ** 32,
           2 ** 47, 2 ** 61, 2 ** 62 - 1, 2 ** 62, -2 ** 62, 2 ** 63 - 1, 2 ** 63 - 2, 2 ** 63, -2 ** 63, 1 - 2 ** 63, -2 ** 63 - 1, 2 ** 64 - 1, 2 ** 64, 2 ** 100, -2 ** 100,
           float("nan"), float("inf"), -float("inf"), 1e19, -1e19, 1e308, 9.3e18, -9.3e18, 0.5, -0.0, True, 5e-324]


class Index:
    """A number that is not an int, and may differ each time it is asked."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def __index__(self):
        return self.answers.pop() if len(self.answers) > 1 else self.answers[0]

    def __repr__(self):
        return "Index%r" % self.answers


# Expressions, evaluated for each case, so that one case cannot spoil the next.
OTHERS = """None; ""; "a"; "abc"; "é漢"; b""; b"abc"; bytearray(b"xyz"); memoryview(b"view"); (); (1, 2); [3]; [1, 2, 3]; {}; {"a": 1}; range(3); slice(None); slice(2 ** 63, -2 ** 63, -1);
slice(None, None, -2 ** 63); slice(-2 ** 63, 2 ** 63 - 1, 2 ** 63 - 1); range(2 ** 64); range(-2 ** 63, 2 ** 63 - 1, 2 ** 62); Index(2 ** 63 - 1); Index(-1, 5, 0); iter([1, 2]); len; "i"; "q"; "B"; "utf-8"; "strict"; "big";
"replace"; "surrogateescape"; (2 ** 63, -1); (-1, 2 ** 63 - 1); [2 ** 63] * 3; [float("nan")]; (2 ** 62, 2 ** 62); lambda *a: 0; lambda *a: 2 ** 70; array.array("B", b"ab")""".replace("\n", " ").split("; ")

RECEIVERS = """5; 2 ** 63; -2 ** 63; 2 ** 62; -2 ** 62; 2 ** 100; 1.5; float("inf"); float("nan"); 1j; True; "abc"; "é漢字"; "a\\tb\\n" * 3; "\\U0001F600x"; b"abc"; b"a b c"; bytearray(b"xyz"); bytearray(100); memoryview(b"view12345678");
memoryview(bytearray(24)).cast("q"); memoryview(bytearray(24)).cast("B", [2, 3, 4]); memoryview(array.array("d", [1, 2])); [1, 2, 3]; []; list(range(50)); (1, 2, 3); {1: 2}; {1, 2, 3}; frozenset("ab"); range(10);
range(-2 ** 63, 2 ** 63 - 1); range(2 ** 64, -2 ** 64, -2 ** 63); range(0, 2 ** 63 - 1, 2 ** 62); iter(range(3)); iter([1, 2, 3]); iter("abc"); iter({1: 2}); iter(range(2 ** 63 - 3, 2 ** 63 - 1)); iter(range(2 ** 70)); reversed([1, 2]); enumerate("ab", 2 ** 63 - 1); zip("ab"); map(abs, [1]); slice(1, 2, 3);
slice(-2 ** 63, 2 ** 63, -2 ** 63); array.array("B", b"abc"); array.array("q", [1, 2]); array.array("d", [1.5]); array.array("u", "ab"); array.array("b"); collections.deque([1, 2, 3]); collections.deque([1, 2, 3], 3); collections.deque([], 0); collections.OrderedDict(a=1);
collections.defaultdict(int); collections.Counter("aab"); iter(collections.deque("ab")); itertools.count(2 ** 63 - 1); itertools.count(-2 ** 63, -1); itertools.count(1.5, float("inf")); itertools.repeat(1, 2 ** 63 - 1); itertools.repeat(1, 3); itertools.cycle("ab");
itertools.islice("abcdef", 1, 2 ** 63 - 1, 2 ** 63 - 1); itertools.islice(itertools.count(), 5); itertools.combinations("abcd", 2); itertools.permutations("abc"); itertools.product("ab", repeat=3); itertools.combinations_with_replacement("ab", 2); itertools.accumulate([1, 2]);
itertools.groupby("aab"); itertools.zip_longest("ab", "c"); itertools.tee("abc")[0]; itertools.chain("a", "b"); io.BytesIO(b"abc"); io.BytesIO(); io.StringIO("abc\\n"); io.StringIO(); io.BufferedReader(io.BytesIO(b"abc\\n" * 9)); io.BufferedReader(io.BytesIO(b"abc" * 9), 2); io.BufferedWriter(io.BytesIO());
io.BufferedWriter(io.BytesIO(), 3); io.BufferedRandom(io.BytesIO(b"abc" * 9)); io.BufferedRWPair(io.BytesIO(b"abc"), io.BytesIO()); io.TextIOWrapper(io.BytesIO(b"abc\\ndef\\n" * 9)); io.TextIOWrapper(io.BytesIO(), "utf-16"); open("/dev/null", "r+b", buffering=0); open("/dev/zero", "rb"); open("/dev/zero", "rb", buffering=0);
io.IncrementalNewlineDecoder(None, True); tempfile.TemporaryFile(buffering=0); tempfile.TemporaryFile(); tempfile.TemporaryFile("w+"); struct.Struct("<ihq"); struct.Struct("100s"); struct.Struct("@dnP"); random.Random(1); _random.Random(1); re.compile("a(b)?"); re.compile("a*?"); re.compile(b"a+"); re.match("a(b)?", "abc");
re.compile("b").scanner("abcb"); re.finditer("b", "abc"); mmap.mmap(-1, 4096); mmap.mmap(-1, 3); mmap.mmap(-1, 8192, prot=1); zlib.compressobj(); zlib.decompressobj(); zlib.decompressobj(-15); bz2.BZ2Compressor(); bz2.BZ2Decompressor(); lzma.LZMACompressor(); lzma.LZMADecompressor(); hashlib.md5(b"a"); hashlib.shake_128(b"a"); hashlib.sha256();
hashlib.blake2b(digest_size=3); hmac.new(b"k", b"m", "md5"); unicodedata; codecs.getincrementaldecoder("utf-8")(); codecs.getincrementaldecoder("utf-16")(); codecs.getincrementalencoder("utf-16")(); codecs.getincrementaldecoder("utf-32")(); codecs.getincrementaldecoder("shift_jis")(); datetime.datetime(2000, 1, 1); datetime.timedelta(1); datetime.date(1, 1, 1);
datetime.time(1); datetime.timezone.utc; time.localtime(0); os.stat("/"); os.terminal_size((1, 2)); decimal.Decimal("1.5"); fractions.Fraction(1, 3); functools.partial(int, "1"); functools.lru_cache(3)(len); operator.itemgetter(2 ** 63); operator.itemgetter(-1, 2 ** 70); operator.attrgetter("a.b"); operator.methodcaller("x", 1);
threading.Lock(); threading.RLock(); queue.SimpleQueue(); threading.Semaphore(); select.poll(); select.epoll(); socket.socket(); socket.socketpair()[0]; ssl.MemoryBIO(); sqlite3.connect(":memory:"); sqlite3.connect(":memory:").execute("select 1, x'00', 'a', 1.5"); sqlite3.connect(":memory:").cursor(); ctypes.c_int(5); ctypes.c_longdouble(1);
(ctypes.c_int * 3)(); (ctypes.c_char * 3)(); ctypes.create_string_buffer(8); ctypes.c_char_p(b"abc"); (ctypes.c_wchar * 2)(); types.SimpleNamespace(a=1); (x for x in "abc"); (lambda: 0); (lambda a, b=1: a).__code__; contextvars.ContextVar("v"); contextvars.copy_context(); Exception(1); OSError(2 ** 63, "x"); UnicodeDecodeError("a", b"abc", 2 ** 63 - 1, -2 ** 63);
UnicodeEncodeError("a", "abc", -5, 2 ** 63 - 1); UnicodeTranslateError("abc", 2 ** 62, -1); BlockingIOError(1, "x", 2 ** 63 - 1); ExceptionGroup("x", [ValueError()]); memoryview(b"abc")[::-1]; memoryview(b"abcdef")[::2]; marshal; math; time; itertools; binascii; zlib; operator; _struct; struct; os; sys; _locale; cmath; select; signal; errno; socket; _json;
_sre; _codecs; _csv; _bisect; _heapq; _statistics; _string; _io; array; resource; fcntl; termios; pwd; grp; _imp; _signal; _opcode; _symtable; _random; _posixsubprocess; _crypt; _contextvars; _collections; _functools; _abc; _thread; _socket; _weakref; _tracemalloc; _queue; gc; faulthandler; pyexpat; pyexpat.ParserCreate(); xml.etree.ElementTree.Element("a");
_multiprocessing; _posixshmem; _uuid; spwd; nis; syslog; audioop; mmap; random; datetime; decimal; builtins; csv.reader(["a,b"]); csv.writer(io.StringIO()); json.JSONDecoder(); json.scanner.c_make_scanner(json.JSONDecoder()); pickle.Pickler(io.BytesIO()); pickle.Unpickler(io.BytesIO(b"I1\\n.")); bisect; heapq; colorsys; statistics; calendar; ipaddress; textwrap; _elementtree; _datetime; _decimal; _pickle""".replace("\n", " ").split("; ")

# What ends, stops or changes the machine when called, is free to take for ever, or may write where its arguments say.
AVOID = set("""abort _exit exit quit input breakpoint fork forkpty vfork kill killpg pause sigwait sigwaitinfo sigsuspend raise_signal pthread_kill setrlimit prlimit reboot execv execve posix_spawn posix_spawnp system popen
remove unlink rmdir rename replace renames removedirs link symlink chmod chown lchown fchmod fchown fchdir chdir chroot mkdir makedirs mkfifo mknod truncate utime setuid setgid seteuid setegid setreuid setregid setresuid setresgid setgroups initgroups setsid setpgid setpriority
nice umask sched_setaffinity sched_setparam sched_setscheduler close closerange dup2 wait wait3 wait4 waitpid waitid lockf flock sethostname sleep settime clock_settime clock_settime_ns tcsetpgrp openpty login_tty putenv unsetenv setxattr removexattr pidfd_send_signal eventfd memfd_create
print help exec eval compile __import__ open settrace setprofile setrecursionlimit setswitchinterval set_int_max_str_digits setdlopenflags _current_frames call_tracing breakpointhook displayhook excepthook unraisablehook _clear_type_cache
string_at wstring_at memmove memset from_address from_buffer dlopen dlclose PyObj_FromPtr call_function call_cdeclfunction Py_INCREF Py_DECREF set_conversion_mode _debugmallocstats
signal setitimer alarm siginterrupt pthread_sigmask set_wakeup_fd _sigsegv _sigabrt _sigfpe _stack_overflow _fatal_error _fatal_error_c_thread _read_null dump_traceback_later register unregister enable disable set_threshold freeze set_debug
start_new_thread start_new interrupt_main acquire acquire_lock get stack_size _set_sentinel fork_exec join put select poll epoll accept recv recvfrom recv_into recvfrom_into recvmsg recvmsg_into connect connect_ex sendall send sendto detach
factorial comb perm pow __pow__ __rpow__ __ipow__ scrypt pbkdf2_hmac crypt getaddrinfo gethostbyname gethostbyname_ex gethostbyaddr getnameinfo getfqdn tcflow tcflush tcdrain tcsendbreak tcsetattr tcsetwinsize ioctl fcntl sync fsync fdatasync fspath
__class__ __setattr__ __delattr__ __init_subclass__ __subclasshook__ _install _fix_co_filename exec_dynamic exec_builtin create_dynamic init_frozen __build_class__ is_frozen_package _override_frozen_modules_for_tests _override_multi_interp_extensions_check
interact run runcall runctx copyfileobj backup set_authorizer load_extension enable_load_extension read readall readlines __exit__ set_executable open_code getpass getch""".split()) - {"read"}

MODULES = {}
for word in {piece.split(".")[0].split("(")[0].strip(" ([") for piece in RECEIVERS}:
    if word.isidentifier() and word not in dir(__builtins__):
        try:
            MODULES[word] = __import__(word)
        except Exception:
            pass
for word in "tempfile xml.etree.ElementTree json.scanner builtins".split():
    __import__(word)
    MODULES[word.split(".")[0]] = sys.modules[word.split(".")[0]]
NAMES = {**MODULES, "Index": Index}


def argument(random):
    return random.pick(NUMBERS) if random.below(3) else eval(random.pick(OTHERS), NAMES)


def operators(random, thing):
    import operator
    function = random.pick([operator.getitem, operator.delitem, operator.mul, operator.lshift, operator.rshift, operator.add, operator.imul, operator.mod, operator.floordiv, operator.sub, lambda a, b: hasattr(a, "__next__") or b in a,
                            lambda a, b: a[b:argument(random)], lambda a, b: operator.setitem(a, slice(b, argument(random), argument(random)), argument(random)), operator.length_hint,
                            lambda a, b: a[b:argument(random):argument(random)], lambda a, b: operator.setitem(a, b, argument(random)), lambda a, b: format(a, "%s.%sd" % (b, b)), round])
    return function(thing, argument(random))


def case(random):
    text = random.pick(RECEIVERS)
    thing = eval(text, NAMES)
    calls = 1 + random.below(6)
    shown = [text]
    for _ in range(calls):
        try:
            if random.below(5) == 0 and thing not in MODULES.values():
                thing_after = operators(random, thing)
            else:
                name = random.pick(dir(thing))
                # What natives written in Python keep for themselves are addresses, as with ctypes.
                if name in AVOID or name[0] == "_" and name[:2] != "__" and thing not in MODULES.values():
                    continue
                member = getattr(thing, name)
                arguments = [argument(random) for _ in range(random.below(5))]
                if VERBOSE:
                    print("   ", text, name, *map(ascii, arguments), flush=True)
                if random.below(8) == 0 and not callable(member):
                    setattr(thing, name, argument(random))
                    continue
                thing_after = member(*arguments)
            for poke in (repr, next, hash, len, list, lambda r: r == r, lambda r: r[0], lambda r: r()):
                if random.below(4) == 0 and type(thing_after).__name__ not in ("count", "repeat", "cycle", "range", "islice", "chain"):
                    try:
                        poke(thing_after)
                    except Exception:
                        pass
        except (Exception, SystemExit):
            pass


VERBOSE = False
if __name__ == "__main__":
    VERBOSE = len(sys.argv) > 4
    sys.stderr = None
    sys.setrecursionlimit(300)
    cases.main(case)
