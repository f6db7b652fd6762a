"""Docutils turns a long page into HTML, XML and a tree."""
import hashlib

from docutils.core import publish_doctree, publish_string

section = """
Section {0}
===========

Some *emphasis*, **strong**, ``literal``, a `link <http://example.org/{0}>`_, a footnote [#f{0}]_ and |sub|.

1. first
2. second

   a. nested
   b. list

- bullet
- another

term {0}
    definition of the term

:field: value
:other: a longer value
    over two lines

+------------+------------+
| Header {0:3} | Column     |
+============+============+
| cell       | *cell*     |
+------------+------------+
| spanning both           |
+------------+------------+

===== =====
a     b
===== =====
1     2
===== =====

.. note:: A note in section {0}.

.. code-block:: python

    def f(x):
        return x + {0}

.. math:: a^2 + b^2 = c^2

.. image:: picture{0}.png
   :alt: picture
   :width: 50%

>>> doctest({0})
{0}

.. [#f{0}] The footnote of section {0}.

Subsection {0}
--------------

    A block quote.

    -- Someone

| line block
|   indented

"""
page = "=====\nTitle\n=====\n\n.. contents::\n\n.. |sub| replace:: substituted\n" + "".join(section.format(n) for n in range(12))
settings = {"output_encoding": "unicode", "embed_stylesheet": False, "stylesheet_path": None, "report_level": 2, "warning_stream": False, "datestamp": None}
for writer in ["html5", "html4", "xml", "latex", "pseudoxml"]:
    text = publish_string(page, writer_name=writer, settings_overrides=settings) if writer != "html4" else publish_string(page, writer_name="html4css1", settings_overrides=settings)
    print(writer, len(text), hashlib.sha256(text.encode()).hexdigest())
    print(text[3000:4500])
tree = publish_doctree("Bad *markup and `unclosed\n\n.. nodirective:: x\n", settings_overrides=settings)
print(tree.pformat())
