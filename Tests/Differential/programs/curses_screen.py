# What a program over curses writes to its terminal and reads from it, byte for byte.
import fcntl, os, pty, select, struct, sys, termios

PROGRAM = '''
import curses, curses.panel, curses.textpad, sys

log = []


def note(function):
    try:
        log.append(repr(function()))
    except Exception as error:
        log.append(type(error).__name__ + ": " + str(error))


def main(screen):
    curses.curs_set(0)
    curses.init_pair(1, curses.COLOR_RED, curses.COLOR_BLACK)
    note(lambda: (screen.getmaxyx(), curses.LINES, curses.COLS, curses.has_colors(), curses.COLORS, curses.pair_content(1)))
    screen.border()
    screen.addstr(1, 2, "Hello, w\\u00f6rld \\u2603", curses.color_pair(1) | curses.A_BOLD)
    screen.addnstr(2, 2, "cut short", 3)
    screen.addch(3, 3, "X")
    screen.addch(curses.ACS_DIAMOND)
    screen.addch(3, 8, "\\u00e9", curses.A_REVERSE)
    screen.hline(4, 1, curses.ACS_HLINE, 10)
    screen.insstr(6, 5, "inserted")
    note(lambda: (screen.inch(1, 2), screen.instr(1, 2, 5), screen.getyx()))
    note(lambda: screen.addstr(100, 100, "x"))
    note(lambda: screen.addch("ab"))
    note(lambda: screen.move(200, 3))
    note(lambda: curses.newwin(100, 100, 50, 50))
    window = curses.newwin(5, 20, 8, 10)
    window.box()
    window.addstr(1, 1, "window", curses.A_UNDERLINE)
    window.chgat(1, 1, 3, curses.A_BOLD)
    part = window.derwin(2, 5, 2, 2)
    part.addstr(0, 0, "part")
    note(lambda: (window.getbegyx(), part.getparyx(), window.enclose(9, 12)))
    pad = curses.newpad(50, 50)
    for line in range(40):
        pad.addstr(line, 0, f"line {line}")
    screen.refresh()
    window.refresh()
    pad.refresh(5, 0, 14, 5, 18, 30)
    note(lambda: pad.refresh())
    note(screen.getch)
    note(screen.getkey)
    note(screen.get_wch)
    note(screen.getch)
    note(screen.getkey)
    screen.nodelay(True)
    note(screen.getch)
    note(screen.getkey)
    screen.nodelay(False)
    note(lambda: (curses.keyname(curses.KEY_UP), curses.unctrl(1), curses.tigetnum("cols"), curses.tparm(curses.tigetstr("cup"), 5, 3)))
    lower, upper = (curses.panel.new_panel(curses.newwin(4, 10, 2 + place, 40 + place)) for place in (0, 2))
    lower.window().box()
    upper.window().border()
    lower.top()
    curses.panel.update_panels()
    curses.doupdate()
    note(lambda: (lower.above(), lower.below() is upper, upper.hidden()))
    box = curses.textpad.Textbox(curses.newwin(3, 20, 15, 40))
    note(lambda: box.edit(lambda key: 7 if key == 10 else key))


curses.wrapper(main)
print(*log, sep="\\n")
'''
child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = "xterm-256color"
    os.environ["LC_ALL"] = "C.UTF-8"
    # The size of the terminal comes first.
    sys.stdin.readline()
    os.execv(sys.executable, [sys.executable, "-c", PROGRAM])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
written, keys = b"", [b"\n", b"a", b"b", "\u00e9".encode(), b"\x1bOA", b"\x1b[15~", b"text", b"\x01", b"X", b"\n"]
while True:
    if select.select([terminal], [], [], 0.5)[0]:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        written += part
    elif keys:
        os.write(terminal, keys.pop(0))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
for line in written.split(b"\n"):
    print(line)
