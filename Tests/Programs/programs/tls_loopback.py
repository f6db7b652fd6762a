"""TLS between two threads: certificates, protocol, errors, asyncio over TLS. Certificates are those of CPython's tests."""
import asyncio
import os
import socket
import ssl
import threading

try:
    from test import support  # noqa: F401
    import test
    folder = os.path.dirname(test.__file__)
except ImportError:
    raise SystemExit("no certificates")
if os.path.isdir(os.path.join(folder, "certdata")):
    folder = os.path.join(folder, "certdata")


def server(count):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, "keycert3.pem"))
    context.set_alpn_protocols(["http/1.1"])
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        for _ in range(count):
            connection, _ = listener.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as secured:
                    while data := secured.recv(4096):
                        secured.sendall(data.upper())
            except OSError:
                pass
        listener.close()

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()


def show(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, str(error).partition(" (_ssl")[0])


context = ssl.create_default_context(cafile=os.path.join(folder, "pycacert.pem"))
context.set_alpn_protocols(["h2", "http/1.1"])
address = server(4)
with socket.create_connection(address) as plain, context.wrap_socket(plain, server_hostname="localhost") as secured:
    secured.sendall(b"hello")
    print(secured.recv(100), secured.version(), secured.cipher(), secured.selected_alpn_protocol())
    print(secured.getpeercert()["subject"], len(secured.getpeercert(True)))
    secured.sendall(b"x" * 100000)
    count = 0
    while count < 100000:
        count += len(secured.recv(65536))
    print(count)
    secured.settimeout(0.05)
    show(lambda: secured.recv(1))
    secured.setblocking(False)
    show(lambda: secured.recv(1))
with socket.create_connection(address) as plain:
    show(lambda: context.wrap_socket(plain, server_hostname="wrong.example"))
with socket.create_connection(address) as plain:
    show(lambda: ssl.create_default_context().wrap_socket(plain, server_hostname="localhost"))
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
connection = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
show(connection.do_handshake)
print(outgoing.pending > 100, context.cert_store_stats(), context.minimum_version, context.verify_mode)
show(lambda: context.load_verify_locations("/nonexistent"))
show(lambda: context.set_ciphers("nope"))


async def main():
    reader, writer = await asyncio.open_connection(*address, ssl=context, server_hostname="localhost")
    writer.write(b"over asyncio")
    print(await reader.read(100))
    writer.close()


asyncio.run(main())
