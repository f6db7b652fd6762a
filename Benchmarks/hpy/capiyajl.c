/* The parser and encoder of hpyajl.c for CPython's C API, with what is usual there: borrowed references, PyDict_Next, sizes of strings. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <yajl/yajl_gen.h>
#include <yajl/yajl_parse.h>

#define DEPTH 128

typedef struct {
    PyObject *container;
    PyObject *key;
    int is_dict;
} Level;

typedef struct {
    int depth;
    PyObject *result;
    Level levels[DEPTH];
} Parser;

/* Puts a value, which it takes, where the parser is. */
static int put(Parser *parser, PyObject *value)
{
    if (!value)
        return 0;
    if (parser->depth == 0) {
        parser->result = value;
        return 1;
    }
    Level *level = &parser->levels[parser->depth - 1];
    int status;
    if (level->is_dict) {
        status = PyDict_SetItem(level->container, level->key, value);
        Py_CLEAR(level->key);
    } else {
        status = PyList_Append(level->container, value);
    }
    Py_DECREF(value);
    return status == 0;
}

static int on_null(void *p) { return put(p, Py_NewRef(Py_None)); }

static int on_boolean(void *p, int value) { return put(p, PyBool_FromLong(value)); }

static int on_number(void *p, const char *text, size_t length)
{
    size_t index = text[0] == '-';
    long long number = 0;
    while (index < length && index < 18 && text[index] >= '0' && text[index] <= '9')
        number = number * 10 + (text[index++] - '0');
    if (index == length)
        return put(p, PyLong_FromLongLong(text[0] == '-' ? -number : number));
    char local[256];
    char *copy = length < sizeof local ? local : PyMem_Malloc(length + 1);
    if (!copy) {
        PyErr_NoMemory();
        return 0;
    }
    memcpy(copy, text, length);
    copy[length] = 0;
    PyObject *value = strpbrk(copy, ".eE") ? PyFloat_FromDouble(strtod(copy, NULL)) : PyLong_FromString(copy, NULL, 10);
    if (copy != local)
        PyMem_Free(copy);
    return put(p, value);
}

static int on_string(void *p, const unsigned char *text, size_t length) { return put(p, PyUnicode_FromStringAndSize((const char *)text, (Py_ssize_t)length)); }

static int on_key(void *p, const unsigned char *text, size_t length)
{
    Parser *parser = p;
    PyObject *key = PyUnicode_FromStringAndSize((const char *)text, (Py_ssize_t)length);
    parser->levels[parser->depth - 1].key = key;
    return key != NULL;
}

static int begin(Parser *parser, PyObject *container, int is_dict)
{
    if (!container)
        return 0;
    if (parser->depth == DEPTH) {
        Py_DECREF(container);
        PyErr_SetString(PyExc_RecursionError, "JSON is nested too deeply");
        return 0;
    }
    Level *level = &parser->levels[parser->depth++];
    level->container = container;
    level->key = NULL;
    level->is_dict = is_dict;
    return 1;
}

static int on_start_map(void *p) { return begin(p, PyDict_New(), 1); }

static int on_start_array(void *p) { return begin(p, PyList_New(0), 0); }

static int on_end(void *p) { Parser *parser = p; return put(parser, parser->levels[--parser->depth].container); }

static yajl_callbacks callbacks = { on_null, on_boolean, NULL, NULL, on_number, on_string, on_start_map, on_key, on_end, on_start_array, on_end };

static PyObject *loads(PyObject *self, PyObject *text)
{
    Py_ssize_t length;
    const char *utf8 = PyUnicode_AsUTF8AndSize(text, &length);
    if (!utf8)
        return NULL;
    Parser parser;
    parser.depth = 0;
    parser.result = NULL;
    yajl_handle handle = yajl_alloc(&callbacks, NULL, &parser);
    if (!handle)
        return PyErr_NoMemory();
    yajl_config(handle, yajl_dont_validate_strings, 1);
    yajl_status status = yajl_parse(handle, (const unsigned char *)utf8, (size_t)length);
    if (status == yajl_status_ok)
        status = yajl_complete_parse(handle);
    if (status != yajl_status_ok) {
        if (!PyErr_Occurred()) {
            unsigned char *message = yajl_get_error(handle, 0, NULL, 0);
            PyErr_SetString(PyExc_ValueError, (char *)message);
            yajl_free_error(handle, message);
        }
        while (parser.depth > 0) {
            Level *level = &parser.levels[--parser.depth];
            Py_DECREF(level->container);
            Py_XDECREF(level->key);
        }
        Py_CLEAR(parser.result);
    }
    yajl_free(handle);
    return parser.result;
}

static int check(yajl_gen_status status)
{
    if (status == yajl_gen_status_ok)
        return 1;
    if (status == yajl_max_depth_exceeded)
        PyErr_SetString(PyExc_RecursionError, "objects are nested too deeply");
    else
        PyErr_SetString(PyExc_ValueError, "JSON has no such value");
    return 0;
}

static int encode_string(yajl_gen gen, PyObject *value)
{
    Py_ssize_t length;
    const char *text = PyUnicode_AsUTF8AndSize(value, &length);
    return text && check(yajl_gen_string(gen, (const unsigned char *)text, (size_t)length));
}

static int encode(yajl_gen gen, PyObject *value);

static int encode_dict(yajl_gen gen, PyObject *dict)
{
    if (!check(yajl_gen_map_open(gen)))
        return 0;
    PyObject *key, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(dict, &position, &key, &value)) {
        if (!PyUnicode_Check(key)) {
            PyErr_SetString(PyExc_TypeError, "keys must be str");
            return 0;
        }
        if (!encode_string(gen, key) || !encode(gen, value))
            return 0;
    }
    return check(yajl_gen_map_close(gen));
}

static int encode_sequence(yajl_gen gen, PyObject *sequence)
{
    if (!check(yajl_gen_array_open(gen)))
        return 0;
    for (Py_ssize_t index = 0; index < PySequence_Fast_GET_SIZE(sequence); index++) {
        if (!encode(gen, PySequence_Fast_GET_ITEM(sequence, index)))
            return 0;
    }
    return check(yajl_gen_array_close(gen));
}

static int encode(yajl_gen gen, PyObject *value)
{
    if (PyUnicode_Check(value))
        return encode_string(gen, value);
    if (PyLong_Check(value)) {
        /* A bool is an int. */
        if (PyBool_Check(value))
            return check(yajl_gen_bool(gen, value == Py_True));
        int overflow;
        long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
        if (!overflow)
            return check(yajl_gen_integer(gen, number));
        PyObject *string = PyObject_Repr(value);
        int result = string && check(yajl_gen_number(gen, PyUnicode_AsUTF8(string), (size_t)PyUnicode_GET_LENGTH(string)));
        Py_XDECREF(string);
        return result;
    }
    if (PyFloat_Check(value)) {
        char *text = PyOS_double_to_string(PyFloat_AS_DOUBLE(value), 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
        int result = text && check(yajl_gen_number(gen, text, strlen(text)));
        PyMem_Free(text);
        return result;
    }
    if (value == Py_None)
        return check(yajl_gen_null(gen));
    if (PyDict_Check(value))
        return encode_dict(gen, value);
    if (PyList_Check(value) || PyTuple_Check(value))
        return encode_sequence(gen, value);
    PyErr_SetString(PyExc_TypeError, "object is not JSON serializable");
    return 0;
}

static PyObject *dumps(PyObject *self, PyObject *value)
{
    yajl_gen gen = yajl_gen_alloc(NULL);
    if (!gen)
        return PyErr_NoMemory();
    PyObject *result = NULL;
    if (encode(gen, value)) {
        const unsigned char *text;
        size_t length;
        yajl_gen_get_buf(gen, &text, &length);
        result = PyUnicode_FromStringAndSize((const char *)text, (Py_ssize_t)length);
    }
    yajl_gen_free(gen);
    return result;
}

static PyMethodDef methods[] = {
    { "loads", loads, METH_O, "loads(s): the objects of a JSON text" },
    { "dumps", dumps, METH_O, "dumps(obj): the JSON text of objects" },
    { NULL },
};

static struct PyModuleDef definition = { PyModuleDef_HEAD_INIT, "capiyajl", "JSON over yajl, for CPython's C API", -1, methods };

PyMODINIT_FUNC PyInit_capiyajl(void) { return PyModule_Create(&definition); }
