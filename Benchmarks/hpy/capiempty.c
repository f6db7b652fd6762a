/* The functions of hpyempty.c for CPython's C API. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *nothing(PyObject *self, PyObject *arg) { Py_RETURN_NONE; }

static PyObject *many(PyObject *self, PyObject *const *args, Py_ssize_t nargs) { Py_RETURN_NONE; }

static PyObject *named(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames) { Py_RETURN_NONE; }

static PyMethodDef methods[] = {
    { "nothing", nothing, METH_NOARGS },
    { "one", nothing, METH_O },
    { "many", (PyCFunction)(void (*)(void))many, METH_FASTCALL },
    { "named", (PyCFunction)(void (*)(void))named, METH_FASTCALL | METH_KEYWORDS },
    { NULL },
};

static struct PyModuleDef definition = { PyModuleDef_HEAD_INIT, "capiempty", "Functions that do nothing", -1, methods };

PyMODINIT_FUNC PyInit_capiempty(void) { return PyModule_Create(&definition); }
