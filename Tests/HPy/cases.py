"""What the tests here have in common: the class `ModuleTest`, whose C sources may say a type in one line.

Beside upstream's markers there are these:

    @EXPORT(first, second)                      several functions at once
    @NEW(Struct, number = 7)                    `HPyType_HELPERS` of a struct and the slot `make`, whose instances are all zero but for what is set
    @TYPE(Name, struct=Struct, first, second)   a type of the module with these definitions
    @SPEC(Name, first)                          the same, but only `Name_spec`: for types that are made in a call

A type's struct is the one of its own name unless `struct=` says another; without either it has none. `base=` is a type before it or an expression,
`shape=` the last word of a `HPyType_BuiltinShape`, `flags=` what is to be added to the usual flags (`HAVE_GC`).
"""
import re
import textwrap

from test.support import DefaultExtensionTemplate, HPyTest

OPTIONS = {"struct", "shape", "base", "flags"}


class Template(DefaultExtensionTemplate):
    def EXPORT(self, *methods):
        for method in methods:
            super().EXPORT(method)

    def NEW(self, struct, *settings):
        return textwrap.dedent(f"""
            HPyType_HELPERS({struct})
            HPyDef_SLOT(make, HPy_tp_new)
            static HPy make_impl(HPyContext *ctx, HPy type, const HPy *args, HPy_ssize_t nargs, HPy kw)
            {{
                {struct} *made;
                HPy h = HPy_New(ctx, type, &made);
                if (!HPy_IsNull(h)) {{ {' '.join(f'made->{setting};' for setting in settings)} }}
                return h;
            }}
        """)

    def SPEC(self, name, *words):
        return self.specification(name, words)[0]

    def TYPE(self, name, *words):
        source, base = self.specification(name, words)
        if base is None:
            self.EXPORT_TYPE(f'"{name}"', f"{name}_spec")
        else:
            isExpression = re.search(r"\W", base)
            self.type_table.append(textwrap.dedent(f"""
                {{
                    HPy base = {base if isExpression else f'HPy_GetAttr_s(ctx, m, "{base}")'};
                    HPyType_SpecParam parameters[] = {{ {{ HPyType_SpecParam_Base, base }}, {{ 0 }} }};
                    int added = HPyHelpers_AddType(ctx, m, "{name}", &{name}_spec, parameters);
                    {'' if isExpression else 'HPy_Close(ctx, base);'}
                    if (!added) goto MODINIT_ERROR;
                }}
            """))
        return source

    def specification(self, name, words):
        """The C source of a type's specification, and the base that it names."""
        options = dict(word.split("=", 1) for word in words if word.partition("=")[0] in OPTIONS)
        definitions = [f"&{word}" for word in words if word.partition("=")[0] not in OPTIONS]
        struct = options.get("struct") or (name if re.search(rf"\}} {name};", self.src) else None)
        flags = " | ".join(["HPy_TPFLAGS_DEFAULT", "HPy_TPFLAGS_BASETYPE", *(f"HPy_TPFLAGS_{flag}" for flag in options.get("flags", "").split())])
        shape = options.get("shape", "Object")
        return f"""
            static HPyDef *{name}_defines[] = {{ {', '.join([*definitions, 'NULL'])} }};
            static HPyType_Spec {name}_spec = {{
                .name = "{self.name}.{name}", .basicsize = {f'sizeof({struct})' if struct else 0}, .flags = {flags}, .defines = {name}_defines,
                .builtin_shape = {f'(HPyType_BuiltinShape){shape}' if shape.isdigit() else f'HPyType_BuiltinShape_{shape}'},
            }};
        """, options.get("base")


class ModuleTest(HPyTest):
    ExtensionTemplate = Template
