"""A small program over the library: re, json, collections, textwrap, datetime, string."""
import collections
import datetime
import json
import re
import string
import textwrap
text = "The quick brown fox jumps over the lazy dog, the end; the quick red hen runs."
words = re.findall(r"[a-z]+", text.lower())
print(collections.Counter(words).most_common(3))
print(json.dumps({w: len(w) for w in sorted(set(words))}, indent=1)[:120])
print(textwrap.fill(text, 30, initial_indent="* ", subsequent_indent="  "))
print(re.sub(r"(?P<a>\w+) (?P<b>\w+)", r"\g<b> \g<a>", text, count=2), string.capwords(text[:10]))
print(datetime.date(2024, 2, 29) + datetime.timedelta(days=366), datetime.datetime(2020, 1, 1).isoformat())
print(string.Template("$a ${b} $$").substitute(a=1, b=2), collections.OrderedDict(a=1), collections.deque([1, 2], 3))
