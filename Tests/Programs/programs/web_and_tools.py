"""attrs, click, rich, PyYAML, Flask, Beautiful Soup, requests, Tornado and Mako, each doing what it is for."""
import asyncio
import http.server
import io
import json
import threading

import attr
import attrs
import bs4
import click
import flask
import mako.template
import requests
import rich.console
import rich.markdown
import rich.syntax
import rich.table
import rich.tree
import tornado.httpclient
import tornado.httpserver
import tornado.testing
import tornado.web
import yaml
from click.testing import CliRunner


# attrs
@attr.s(auto_attribs=True, order=True)
class Old:
    x: int
    y: list = attr.Factory(list)
    z: int = attr.ib(default=3, validator=attr.validators.instance_of(int), converter=int)


@attrs.frozen
class New:
    a: int
    b: str = "q"


print(Old(1), Old(1) < Old(2), attr.asdict(Old(1, [2])), New(1), hash(New(1)) == hash(New(1)), attrs.evolve(New(1), a=5))
for change in [lambda: setattr(New(1), "a", 3), lambda: Old(), lambda: Old(1, z="no")]:
    try:
        change()
    except (attrs.exceptions.FrozenInstanceError, TypeError, ValueError) as error:
        print(type(error).__name__, error)


# click
@click.group()
@click.option("--debug/--no-debug")
def command(debug):
    click.echo(f"debug {debug}")


@command.command(help="greets")
@click.argument("name")
@click.option("-n", "--count", default=1, show_default=True, type=click.IntRange(0, 5))
def hi(name, count):
    for _ in range(count):
        click.secho(f"hi {name}", fg="red")


for arguments in [["--help"], ["hi", "--help"], ["--debug", "hi", "bob", "-n", "2"], ["hi"], ["hi", "a", "-n", "9"], ["unknown"]]:
    result = CliRunner().invoke(command, arguments)
    print(arguments, result.exit_code, result.output)

# rich
console = rich.console.Console(file=io.StringIO(), width=80, force_terminal=True, color_system="256")
table = rich.table.Table(title="T")
table.add_column("a")
table.add_column("b", justify="right")
table.add_row("1", "[red]x[/]")
tree = rich.tree.Tree("root")
tree.add("leaf")
for item in [table, rich.markdown.Markdown("# hi\n* a\n* b\n\n`x` **y**"), rich.syntax.Syntax("def f(): return 1", "python"), tree, {"a": [1, 2.5, None]}]:
    console.print(item)
print(console.file.getvalue())

# PyYAML
data = yaml.safe_load("a: 1\nb: [1, 2.5, ~, true, 2020-01-02]\nc: &x {k: v}\nd: *x\ne: |\n  text\n  more\n")
print(data, yaml.safe_dump(data, sort_keys=True))
try:
    yaml.safe_load("a: [1, 2")
except yaml.YAMLError as error:
    print(error)

# Flask
app = flask.Flask("example")
app.secret_key = "k"


@app.route("/u/<int:n>", methods=["GET", "POST"])
def u(n):
    flask.session["n"] = n
    return flask.jsonify(n=n, q=flask.request.args.get("q"), f=flask.request.form.to_dict())


@app.route("/t")
def t():
    return flask.render_template_string("{{ url_for('u', n=3) }} {{ x|e }}", x="<a>")


client = app.test_client()
for response in [client.get("/u/5?q=z"), client.post("/u/6", data={"k": "v"}), client.get("/t"), client.get("/nope"), client.get("/u/x")]:
    print(response.status, response.get_data(as_text=True))

# Beautiful Soup
page = bs4.BeautifulSoup("<html><p class=a>one<b>two</b><p id=x>three &amp; four</html>", "html.parser")
print(page.find("p", class_="a").text, page.select("#x"), page.prettify(), [tag.name for tag in page.descendants if tag.name])


# requests
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, body, status=200):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(json.dumps({"path": self.path, "header": self.headers["X-A"]}).encode(), 404 if self.path == "/404" else 200)

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["Content-Length"])))

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"
session = requests.Session()
session.headers["X-A"] = "1"
response = session.get(base + "/a", params={"b": "c d"})
print(response.status_code, response.json(), response.headers["content-type"], response.ok)
print(session.post(base, json={"x": [1]}).text, session.post(base, data={"x": "y"}).text)
try:
    session.get(base + "/404").raise_for_status()
except requests.HTTPError as error:
    print(str(error).replace(base, "BASE"))
try:
    requests.get("http://127.0.0.1:1", timeout=1)
except requests.ConnectionError as error:
    print(type(error).__name__)
server.shutdown()


# Tornado
class Page(tornado.web.RequestHandler):
    def get(self, path):
        self.write({"path": path})


async def fetch():
    socket, port = tornado.testing.bind_unused_port()
    site = tornado.httpserver.HTTPServer(tornado.web.Application([("/(.*)", Page)]))
    site.add_sockets([socket])
    answer = await tornado.httpclient.AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/hey")
    site.stop()
    return answer.code, answer.body


print(asyncio.run(fetch()))

# Mako
print(mako.template.Template("% for i in range(3):\n${i} ${'<a>'|h}\n% endfor\n<%def name='f(x)'>[${x}]</%def>${f(3)}").render())
