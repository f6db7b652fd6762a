import sys
sys.setrecursionlimit(200)


def even(n):
    return odd(n - 1)


def odd(n):
    return even(n - 1)


try:
    even(10)
except RecursionError as e:
    print(e)
print("still here")
even(1)
