"""Jinja2: loops, macros, inheritance, filters, tests and errors of templates."""
from jinja2 import DictLoader, Environment, StrictUndefined, TemplateSyntaxError, UndefinedError

environment = Environment(loader=DictLoader({
    "base.html": "<title>{% block title %}Base{% endblock %}</title>\n<body>{% block body %}{% endblock %}</body>",
    "macros.html": "{% macro field(name, value='', type='text') -%}<input name='{{ name }}' value='{{ value|e }}' type='{{ type }}'>{%- endmacro %}",
    "page.html": """{% extends 'base.html' %}{% import 'macros.html' as forms %}
{% block title %}{{ super() }} - {{ title|upper }}{% endblock %}
{% block body %}
{% for user in users if user.age > 20 %}
  {{ loop.index }}/{{ loop.length }} {{ loop.cycle('odd', 'even') }} {{ user.name|title }} ({{ user['age'] }}){{ ',' if not loop.last }}
{% else %}nobody{% endfor %}
{{ forms.field('user', '<x>') }} {{ forms.field('pw', type='password') }}
{% set total = namespace(n=0) %}{% for u in users %}{% set total.n = total.n + u.age %}{% endfor %}{{ total.n }}
{% filter indent(4) %}a
b{% endfilter %}
{{ users|map(attribute='name')|sort|join(', ') }} {{ users|groupby('age')|length }} {{ '%05.2f'|format(3.14159) }}
{% endblock %}""",
    "recursive": "{% for n in tree recursive %}[{{ n.v }}{% if n.c %}{{ loop(n.c) }}{% endif %}]{% endfor %}",
}), autoescape=True, trim_blocks=True, lstrip_blocks=True)
users = [{"name": "anna", "age": 30}, {"name": "bo", "age": 17}, {"name": "cy & d", "age": 41}]
print(environment.get_template("page.html").render(users=users, title="a<b"))
print(environment.get_template("page.html").render(users=[], title="none"))
print(environment.get_template("recursive").render(tree=[{"v": 1, "c": [{"v": 2}, {"v": 3, "c": [{"v": 4}]}]}]))
print(environment.from_string("{{ 7 // 2 }} {{ 2 ** 10 }} {{ 'x' ~ 1 }} {{ [1,2,3][1:] }} {{ 5 is odd }} {{ x is defined }} {{ none }}").render())
print(environment.from_string("{{ d|tojson }} {{ d|dictsort }} {{ 'a b'|urlencode }} {{ 12345678|filesizeformat }} {{ 'word ' * 5 |wordcount }}").render(d={"b": 1, "a": [None, True]}))
strict = Environment(undefined=StrictUndefined)
for text in ["{{ missing.x }}", "{% for x in %}", "{{ 1 / 0 }}", "{% if %}", "{{ foo() }}", "{% block a %}{% block a %}"]:
    try:
        print(strict.from_string(text).render())
    except (UndefinedError, TemplateSyntaxError, ZeroDivisionError) as error:
        print(type(error).__name__, error)
print(environment.compile("{% for a in b %}{{ a }}{% endfor %}", raw=True))
