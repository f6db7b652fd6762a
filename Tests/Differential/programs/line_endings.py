print("crlf")
if 1:
    print("""a
b""".encode())
