# stdin: first line
# stdin: second é line
# stdin: 12
import sys
print(repr(input("prompt> ")), repr(sys.stdin.readline()), int(input()))
try:
    input()
except EOFError as e:
    print(e)
