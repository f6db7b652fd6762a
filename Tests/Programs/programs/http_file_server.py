"""An http.server thread serves files to urllib and http.client."""
import functools
import http.client
import http.server
import os
import tempfile
import threading
import urllib.error
import urllib.request

folder = tempfile.mkdtemp()
data = bytes(range(256)) * 1000
with open(os.path.join(folder, "data.bin"), "wb") as file:
    file.write(data)
with open(os.path.join(folder, "page.html"), "w") as file:
    file.write("<p>hello</p>\n")


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format, *arguments):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("X-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[::-1])


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder))
thread = threading.Thread(target=server.serve_forever)
thread.start()
base = f"http://127.0.0.1:{server.server_port}/"
with urllib.request.urlopen(base + "data.bin") as response:
    print(response.status, response.headers["Content-Type"], response.headers["Content-Length"], response.read() == data)
with urllib.request.urlopen(base + "page.html") as response:
    print(response.status, response.headers.get_content_type(), response.read())
with urllib.request.urlopen(urllib.request.Request(base + "x", data=b"abc" * 1000, headers={"X-Test": "1"})) as response:
    print(response.status, response.headers["X-Length"], response.read()[:9])
try:
    urllib.request.urlopen(base + "missing")
except urllib.error.HTTPError as error:
    print(error, error.code, error.read()[:60])
    error.close()
connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
for method, path in [("HEAD", "/page.html"), ("GET", "/"), ("DELETE", "/")]:
    connection.request(method, path)
    response = connection.getresponse()
    print(method, response.status, response.reason, len(response.read()) > 0)
connection.close()
results = []
workers = [threading.Thread(target=lambda: results.append(len(urllib.request.urlopen(base + "data.bin").read()))) for _ in range(20)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
print(len(results), set(results))
server.shutdown()
thread.join()
server.server_close()
try:
    urllib.request.urlopen(base, timeout=5)
except urllib.error.URLError as error:
    print(error)
