// Written by Scripts/generate-hpy-context.py from Scripts/hpy-context.tsv: change those.

#include "CHPy.h"

static Value Long_FromInt32_t(HPyContext *ctx, int32_t value) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Long_FromInt32_t(ctx, value)); }
static Value Long_FromUInt32_t(HPyContext *ctx, uint32_t value) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Long_FromUInt32_t(ctx, value)); }
static Value Long_FromInt64_t(HPyContext *ctx, int64_t v) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Long_FromInt64_t(ctx, v)); }
static Value Long_FromUInt64_t(HPyContext *ctx, uint64_t v) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Long_FromUInt64_t(ctx, v)); }
static Value Long_FromSize_t(HPyContext *ctx, size_t value) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Long_FromSize_t(ctx, value)); }
static Value Long_FromSsize_t(HPyContext *ctx, intptr_t value) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Long_FromSsize_t(ctx, value)); }
static Value Float_FromDouble(HPyContext *ctx, double v) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Float_FromDouble(ctx, v)); }
static Value Bool_FromBool(HPyContext *ctx, bool v) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Bool_FromBool(ctx, v)); }
static Value Add(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Add(ctx, h1, h2)); }
static Value Subtract(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Subtract(ctx, h1, h2)); }
static Value Multiply(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Multiply(ctx, h1, h2)); }
static Value MatrixMultiply(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_MatrixMultiply(ctx, h1, h2)); }
static Value FloorDivide(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_FloorDivide(ctx, h1, h2)); }
static Value TrueDivide(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_TrueDivide(ctx, h1, h2)); }
static Value Remainder(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Remainder(ctx, h1, h2)); }
static Value Divmod(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Divmod(ctx, h1, h2)); }
static Value Power(HPyContext *ctx, Value h1, Value h2, Value h3) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Power(ctx, h1, h2, h3)); }
static Value Negative(HPyContext *ctx, Value h1) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Negative(ctx, h1)); }
static Value Positive(HPyContext *ctx, Value h1) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Positive(ctx, h1)); }
static Value Absolute(HPyContext *ctx, Value h1) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Absolute(ctx, h1)); }
static Value Invert(HPyContext *ctx, Value h1) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Invert(ctx, h1)); }
static Value Lshift(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Lshift(ctx, h1, h2)); }
static Value Rshift(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Rshift(ctx, h1, h2)); }
static Value And(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_And(ctx, h1, h2)); }
static Value Xor(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Xor(ctx, h1, h2)); }
static Value Or(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Or(ctx, h1, h2)); }
static Value Index(HPyContext *ctx, Value h1) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Index(ctx, h1)); }
static Value Long(HPyContext *ctx, Value h1) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Long(ctx, h1)); }
static Value Float(HPyContext *ctx, Value h1) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Float(ctx, h1)); }
static Value InPlaceAdd(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_InPlaceAdd(ctx, h1, h2)); }
static Value InPlaceSubtract(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_InPlaceSubtract(ctx, h1, h2)); }
static Value InPlaceMultiply(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_InPlaceMultiply(ctx, h1, h2)); }
static Value InPlaceMatrixMultiply(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_InPlaceMatrixMultiply(ctx, h1, h2)); }
static Value InPlaceFloorDivide(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_InPlaceFloorDivide(ctx, h1, h2)); }
static Value InPlaceTrueDivide(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_InPlaceTrueDivide(ctx, h1, h2)); }
static Value InPlaceRemainder(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_InPlaceRemainder(ctx, h1, h2)); }
static Value InPlacePower(HPyContext *ctx, Value h1, Value h2, Value h3) { return taipan_hpy_log(taipan_hpy_plain()->ctx_InPlacePower(ctx, h1, h2, h3)); }
static Value InPlaceLshift(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_InPlaceLshift(ctx, h1, h2)); }
static Value InPlaceRshift(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_InPlaceRshift(ctx, h1, h2)); }
static Value InPlaceAnd(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_InPlaceAnd(ctx, h1, h2)); }
static Value InPlaceXor(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_InPlaceXor(ctx, h1, h2)); }
static Value InPlaceOr(HPyContext *ctx, Value h1, Value h2) { return taipan_hpy_log(taipan_hpy_plain()->ctx_InPlaceOr(ctx, h1, h2)); }
static Value CallTupleDict(HPyContext *ctx, Value callable, Value args, Value kw) { return taipan_hpy_log(taipan_hpy_plain()->ctx_CallTupleDict(ctx, callable, args, kw)); }
static Value Err_SetFromErrnoWithFilename(HPyContext *ctx, Value h_type, const char *filename_fsencoded) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Err_SetFromErrnoWithFilename(ctx, h_type, filename_fsencoded)); }
static Value Err_NewException(HPyContext *ctx, const char *utf8_name, Value base, Value dict) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Err_NewException(ctx, utf8_name, base, dict)); }
static Value Err_NewExceptionWithDoc(HPyContext *ctx, const char *utf8_name, const char *utf8_doc, Value base, Value dict) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Err_NewExceptionWithDoc(ctx, utf8_name, utf8_doc, base, dict)); }
static Value Type_FromSpec(HPyContext *ctx, void *spec, void *params) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Type_FromSpec(ctx, spec, params)); }
static Value Type_GenericNew(HPyContext *ctx, Value type, const Value *args, intptr_t nargs, Value kw) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Type_GenericNew(ctx, type, args, nargs, kw)); }
static Value GetAttr(HPyContext *ctx, Value obj, Value name) { return taipan_hpy_log(taipan_hpy_plain()->ctx_GetAttr(ctx, obj, name)); }
static Value GetAttr_s(HPyContext *ctx, Value obj, const char *utf8_name) { return taipan_hpy_log(taipan_hpy_plain()->ctx_GetAttr_s(ctx, obj, utf8_name)); }
static Value GetItem_s(HPyContext *ctx, Value obj, const char *utf8_key) { return taipan_hpy_log(taipan_hpy_plain()->ctx_GetItem_s(ctx, obj, utf8_key)); }
static Value Type(HPyContext *ctx, Value obj) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Type(ctx, obj)); }
static Value New(HPyContext *ctx, Value h_type, void **data) { return taipan_hpy_log(taipan_hpy_plain()->ctx_New(ctx, h_type, data)); }
static Value Repr(HPyContext *ctx, Value obj) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Repr(ctx, obj)); }
static Value Str(HPyContext *ctx, Value obj) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Str(ctx, obj)); }
static Value ASCII(HPyContext *ctx, Value obj) { return taipan_hpy_log(taipan_hpy_plain()->ctx_ASCII(ctx, obj)); }
static Value Bytes(HPyContext *ctx, Value obj) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Bytes(ctx, obj)); }
static Value RichCompare(HPyContext *ctx, Value v, Value w, int op) { return taipan_hpy_log(taipan_hpy_plain()->ctx_RichCompare(ctx, v, w, op)); }
static Value Bytes_FromString(HPyContext *ctx, const char *bytes) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Bytes_FromString(ctx, bytes)); }
static Value Bytes_FromStringAndSize(HPyContext *ctx, const char *bytes, intptr_t len) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Bytes_FromStringAndSize(ctx, bytes, len)); }
static Value Unicode_FromString(HPyContext *ctx, const char *utf8) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Unicode_FromString(ctx, utf8)); }
static Value Unicode_AsASCIIString(HPyContext *ctx, Value h) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Unicode_AsASCIIString(ctx, h)); }
static Value Unicode_AsLatin1String(HPyContext *ctx, Value h) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Unicode_AsLatin1String(ctx, h)); }
static Value Unicode_AsUTF8String(HPyContext *ctx, Value h) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Unicode_AsUTF8String(ctx, h)); }
static Value Unicode_FromWideChar(HPyContext *ctx, const int32_t *w, intptr_t size) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Unicode_FromWideChar(ctx, w, size)); }
static Value Unicode_DecodeFSDefault(HPyContext *ctx, const char *v) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Unicode_DecodeFSDefault(ctx, v)); }
static Value Unicode_DecodeFSDefaultAndSize(HPyContext *ctx, const char *v, intptr_t size) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Unicode_DecodeFSDefaultAndSize(ctx, v, size)); }
static Value Unicode_EncodeFSDefault(HPyContext *ctx, Value h) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Unicode_EncodeFSDefault(ctx, h)); }
static Value Unicode_DecodeASCII(HPyContext *ctx, const char *ascii, intptr_t size, const char *errors) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Unicode_DecodeASCII(ctx, ascii, size, errors)); }
static Value Unicode_DecodeLatin1(HPyContext *ctx, const char *latin1, intptr_t size, const char *errors) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Unicode_DecodeLatin1(ctx, latin1, size, errors)); }
static Value List_New(HPyContext *ctx, intptr_t len) { return taipan_hpy_log(taipan_hpy_plain()->ctx_List_New(ctx, len)); }
static Value Dict_New(HPyContext *ctx) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Dict_New(ctx)); }
static Value Tuple_FromArray(HPyContext *ctx, const Value *items, intptr_t n) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Tuple_FromArray(ctx, items, n)); }
static Value Import_ImportModule(HPyContext *ctx, const char *utf8_name) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Import_ImportModule(ctx, utf8_name)); }
static Value FromPyObject(HPyContext *ctx, void *obj) { return taipan_hpy_log(taipan_hpy_plain()->ctx_FromPyObject(ctx, obj)); }
static Value ListBuilder_Build(HPyContext *ctx, intptr_t builder) { return taipan_hpy_log(taipan_hpy_plain()->ctx_ListBuilder_Build(ctx, builder)); }
static Value TupleBuilder_Build(HPyContext *ctx, intptr_t builder) { return taipan_hpy_log(taipan_hpy_plain()->ctx_TupleBuilder_Build(ctx, builder)); }
static Value Field_Load(HPyContext *ctx, Value source_object, Value source_field) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Field_Load(ctx, source_object, source_field)); }
static Value Global_Load(HPyContext *ctx, Value global) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Global_Load(ctx, global)); }
static Value Capsule_New(HPyContext *ctx, void *pointer, const char *utf8_name, void *destructor) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Capsule_New(ctx, pointer, utf8_name, destructor)); }
static Value Compile_s(HPyContext *ctx, const char *utf8_source, const char *utf8_filename, int kind) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Compile_s(ctx, utf8_source, utf8_filename, kind)); }
static Value EvalCode(HPyContext *ctx, Value code, Value globals, Value locals) { return taipan_hpy_log(taipan_hpy_plain()->ctx_EvalCode(ctx, code, globals, locals)); }
static Value ContextVar_New(HPyContext *ctx, const char *name, Value default_value) { return taipan_hpy_log(taipan_hpy_plain()->ctx_ContextVar_New(ctx, name, default_value)); }
static int32_t ContextVar_Get(HPyContext *ctx, Value context_var, Value default_value, Value *result) { int32_t status = taipan_hpy_plain()->ctx_ContextVar_Get(ctx, context_var, default_value, result); if (status == 0 && result) taipan_hpy_log(*result); return status; }
static Value ContextVar_Set(HPyContext *ctx, Value context_var, Value value) { return taipan_hpy_log(taipan_hpy_plain()->ctx_ContextVar_Set(ctx, context_var, value)); }
static Value Unicode_FromEncodedObject(HPyContext *ctx, Value obj, const char *encoding, const char *errors) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Unicode_FromEncodedObject(ctx, obj, encoding, errors)); }
static Value Unicode_Substring(HPyContext *ctx, Value str, intptr_t start, intptr_t end) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Unicode_Substring(ctx, str, start, end)); }
static Value Dict_Copy(HPyContext *ctx, Value h) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Dict_Copy(ctx, h)); }
static Value Call(HPyContext *ctx, Value callable, const Value *args, size_t nargs, Value kwnames) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Call(ctx, callable, args, nargs, kwnames)); }
static Value CallMethod(HPyContext *ctx, Value name, const Value *args, size_t nargs, Value kwnames) { return taipan_hpy_log(taipan_hpy_plain()->ctx_CallMethod(ctx, name, args, nargs, kwnames)); }
static Value GetSlice(HPyContext *ctx, Value obj, intptr_t start, intptr_t end) { return taipan_hpy_log(taipan_hpy_plain()->ctx_GetSlice(ctx, obj, start, end)); }
static Value GetIter(HPyContext *ctx, Value obj) { return taipan_hpy_log(taipan_hpy_plain()->ctx_GetIter(ctx, obj)); }
static Value Iter_Next(HPyContext *ctx, Value obj) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Iter_Next(ctx, obj)); }
static Value Slice_New(HPyContext *ctx, Value start, Value stop, Value step) { return taipan_hpy_log(taipan_hpy_plain()->ctx_Slice_New(ctx, start, stop, step)); }

void taipan_hpy_fill_logged(HPyContext *universal) {
    universal->ctx_Long_FromInt32_t = Long_FromInt32_t;
    universal->ctx_Long_FromUInt32_t = Long_FromUInt32_t;
    universal->ctx_Long_FromInt64_t = Long_FromInt64_t;
    universal->ctx_Long_FromUInt64_t = Long_FromUInt64_t;
    universal->ctx_Long_FromSize_t = Long_FromSize_t;
    universal->ctx_Long_FromSsize_t = Long_FromSsize_t;
    universal->ctx_Float_FromDouble = Float_FromDouble;
    universal->ctx_Bool_FromBool = Bool_FromBool;
    universal->ctx_Add = Add;
    universal->ctx_Subtract = Subtract;
    universal->ctx_Multiply = Multiply;
    universal->ctx_MatrixMultiply = MatrixMultiply;
    universal->ctx_FloorDivide = FloorDivide;
    universal->ctx_TrueDivide = TrueDivide;
    universal->ctx_Remainder = Remainder;
    universal->ctx_Divmod = Divmod;
    universal->ctx_Power = Power;
    universal->ctx_Negative = Negative;
    universal->ctx_Positive = Positive;
    universal->ctx_Absolute = Absolute;
    universal->ctx_Invert = Invert;
    universal->ctx_Lshift = Lshift;
    universal->ctx_Rshift = Rshift;
    universal->ctx_And = And;
    universal->ctx_Xor = Xor;
    universal->ctx_Or = Or;
    universal->ctx_Index = Index;
    universal->ctx_Long = Long;
    universal->ctx_Float = Float;
    universal->ctx_InPlaceAdd = InPlaceAdd;
    universal->ctx_InPlaceSubtract = InPlaceSubtract;
    universal->ctx_InPlaceMultiply = InPlaceMultiply;
    universal->ctx_InPlaceMatrixMultiply = InPlaceMatrixMultiply;
    universal->ctx_InPlaceFloorDivide = InPlaceFloorDivide;
    universal->ctx_InPlaceTrueDivide = InPlaceTrueDivide;
    universal->ctx_InPlaceRemainder = InPlaceRemainder;
    universal->ctx_InPlacePower = InPlacePower;
    universal->ctx_InPlaceLshift = InPlaceLshift;
    universal->ctx_InPlaceRshift = InPlaceRshift;
    universal->ctx_InPlaceAnd = InPlaceAnd;
    universal->ctx_InPlaceXor = InPlaceXor;
    universal->ctx_InPlaceOr = InPlaceOr;
    universal->ctx_CallTupleDict = CallTupleDict;
    universal->ctx_Err_SetFromErrnoWithFilename = Err_SetFromErrnoWithFilename;
    universal->ctx_Err_NewException = Err_NewException;
    universal->ctx_Err_NewExceptionWithDoc = Err_NewExceptionWithDoc;
    universal->ctx_Type_FromSpec = Type_FromSpec;
    universal->ctx_Type_GenericNew = Type_GenericNew;
    universal->ctx_GetAttr = GetAttr;
    universal->ctx_GetAttr_s = GetAttr_s;
    universal->ctx_GetItem_s = GetItem_s;
    universal->ctx_Type = Type;
    universal->ctx_New = New;
    universal->ctx_Repr = Repr;
    universal->ctx_Str = Str;
    universal->ctx_ASCII = ASCII;
    universal->ctx_Bytes = Bytes;
    universal->ctx_RichCompare = RichCompare;
    universal->ctx_Bytes_FromString = Bytes_FromString;
    universal->ctx_Bytes_FromStringAndSize = Bytes_FromStringAndSize;
    universal->ctx_Unicode_FromString = Unicode_FromString;
    universal->ctx_Unicode_AsASCIIString = Unicode_AsASCIIString;
    universal->ctx_Unicode_AsLatin1String = Unicode_AsLatin1String;
    universal->ctx_Unicode_AsUTF8String = Unicode_AsUTF8String;
    universal->ctx_Unicode_FromWideChar = Unicode_FromWideChar;
    universal->ctx_Unicode_DecodeFSDefault = Unicode_DecodeFSDefault;
    universal->ctx_Unicode_DecodeFSDefaultAndSize = Unicode_DecodeFSDefaultAndSize;
    universal->ctx_Unicode_EncodeFSDefault = Unicode_EncodeFSDefault;
    universal->ctx_Unicode_DecodeASCII = Unicode_DecodeASCII;
    universal->ctx_Unicode_DecodeLatin1 = Unicode_DecodeLatin1;
    universal->ctx_List_New = List_New;
    universal->ctx_Dict_New = Dict_New;
    universal->ctx_Tuple_FromArray = Tuple_FromArray;
    universal->ctx_Import_ImportModule = Import_ImportModule;
    universal->ctx_FromPyObject = FromPyObject;
    universal->ctx_ListBuilder_Build = ListBuilder_Build;
    universal->ctx_TupleBuilder_Build = TupleBuilder_Build;
    universal->ctx_Field_Load = Field_Load;
    universal->ctx_Global_Load = Global_Load;
    universal->ctx_Capsule_New = Capsule_New;
    universal->ctx_Compile_s = Compile_s;
    universal->ctx_EvalCode = EvalCode;
    universal->ctx_ContextVar_New = ContextVar_New;
    universal->ctx_ContextVar_Get = ContextVar_Get;
    universal->ctx_ContextVar_Set = ContextVar_Set;
    universal->ctx_Unicode_FromEncodedObject = Unicode_FromEncodedObject;
    universal->ctx_Unicode_Substring = Unicode_Substring;
    universal->ctx_Dict_Copy = Dict_Copy;
    universal->ctx_Call = Call;
    universal->ctx_CallMethod = CallMethod;
    universal->ctx_GetSlice = GetSlice;
    universal->ctx_GetIter = GetIter;
    universal->ctx_Iter_Next = Iter_Next;
    universal->ctx_Slice_New = Slice_New;
}
