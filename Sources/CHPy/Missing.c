// Written by Scripts/generate-hpy-context.py from Scripts/hpy-context.tsv: change those.

#include "CHPy.h"

void (*taipan_hpy_missing)(HPyContext *ctx, const char *name) = 0;

static intptr_t missing_77(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Dup"); return 0; }
static intptr_t missing_78(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Close"); return 0; }
static intptr_t missing_79(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long_FromInt32_t"); return 0; }
static intptr_t missing_80(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long_FromUInt32_t"); return 0; }
static intptr_t missing_81(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long_FromInt64_t"); return 0; }
static intptr_t missing_82(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long_FromUInt64_t"); return 0; }
static intptr_t missing_83(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long_FromSize_t"); return 0; }
static intptr_t missing_84(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long_FromSsize_t"); return 0; }
static intptr_t missing_85(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long_AsInt32_t"); return 0; }
static intptr_t missing_86(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long_AsUInt32_t"); return 0; }
static intptr_t missing_87(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long_AsUInt32_tMask"); return 0; }
static intptr_t missing_88(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long_AsInt64_t"); return 0; }
static intptr_t missing_89(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long_AsUInt64_t"); return 0; }
static intptr_t missing_90(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long_AsUInt64_tMask"); return 0; }
static intptr_t missing_91(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long_AsSize_t"); return 0; }
static intptr_t missing_92(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long_AsSsize_t"); return 0; }
static intptr_t missing_93(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long_AsVoidPtr"); return 0; }
static intptr_t missing_94(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long_AsDouble"); return 0; }
static intptr_t missing_95(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Float_FromDouble"); return 0; }
static intptr_t missing_96(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Float_AsDouble"); return 0; }
static intptr_t missing_97(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Bool_FromBool"); return 0; }
static intptr_t missing_98(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Length"); return 0; }
static intptr_t missing_99(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Number_Check"); return 0; }
static intptr_t missing_100(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Add"); return 0; }
static intptr_t missing_101(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Subtract"); return 0; }
static intptr_t missing_102(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Multiply"); return 0; }
static intptr_t missing_103(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_MatrixMultiply"); return 0; }
static intptr_t missing_104(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_FloorDivide"); return 0; }
static intptr_t missing_105(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_TrueDivide"); return 0; }
static intptr_t missing_106(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Remainder"); return 0; }
static intptr_t missing_107(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Divmod"); return 0; }
static intptr_t missing_108(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Power"); return 0; }
static intptr_t missing_109(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Negative"); return 0; }
static intptr_t missing_110(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Positive"); return 0; }
static intptr_t missing_111(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Absolute"); return 0; }
static intptr_t missing_112(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Invert"); return 0; }
static intptr_t missing_113(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Lshift"); return 0; }
static intptr_t missing_114(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Rshift"); return 0; }
static intptr_t missing_115(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_And"); return 0; }
static intptr_t missing_116(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Xor"); return 0; }
static intptr_t missing_117(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Or"); return 0; }
static intptr_t missing_118(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Index"); return 0; }
static intptr_t missing_119(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Long"); return 0; }
static intptr_t missing_120(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Float"); return 0; }
static intptr_t missing_121(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_InPlaceAdd"); return 0; }
static intptr_t missing_122(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_InPlaceSubtract"); return 0; }
static intptr_t missing_123(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_InPlaceMultiply"); return 0; }
static intptr_t missing_124(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_InPlaceMatrixMultiply"); return 0; }
static intptr_t missing_125(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_InPlaceFloorDivide"); return 0; }
static intptr_t missing_126(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_InPlaceTrueDivide"); return 0; }
static intptr_t missing_127(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_InPlaceRemainder"); return 0; }
static intptr_t missing_128(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_InPlacePower"); return 0; }
static intptr_t missing_129(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_InPlaceLshift"); return 0; }
static intptr_t missing_130(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_InPlaceRshift"); return 0; }
static intptr_t missing_131(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_InPlaceAnd"); return 0; }
static intptr_t missing_132(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_InPlaceXor"); return 0; }
static intptr_t missing_133(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_InPlaceOr"); return 0; }
static intptr_t missing_134(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Callable_Check"); return 0; }
static intptr_t missing_135(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_CallTupleDict"); return 0; }
static intptr_t missing_136(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_FatalError"); return 0; }
static intptr_t missing_137(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Err_SetString"); return 0; }
static intptr_t missing_138(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Err_SetObject"); return 0; }
static intptr_t missing_139(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Err_SetFromErrnoWithFilename"); return 0; }
static intptr_t missing_140(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Err_SetFromErrnoWithFilenameObjects"); return 0; }
static intptr_t missing_141(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Err_Occurred"); return 0; }
static intptr_t missing_142(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Err_ExceptionMatches"); return 0; }
static intptr_t missing_143(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Err_NoMemory"); return 0; }
static intptr_t missing_144(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Err_Clear"); return 0; }
static intptr_t missing_145(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Err_NewException"); return 0; }
static intptr_t missing_146(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Err_NewExceptionWithDoc"); return 0; }
static intptr_t missing_147(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Err_WarnEx"); return 0; }
static intptr_t missing_148(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Err_WriteUnraisable"); return 0; }
static intptr_t missing_149(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_IsTrue"); return 0; }
static intptr_t missing_150(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Type_FromSpec"); return 0; }
static intptr_t missing_151(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Type_GenericNew"); return 0; }
static intptr_t missing_152(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_GetAttr"); return 0; }
static intptr_t missing_153(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_GetAttr_s"); return 0; }
static intptr_t missing_154(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_HasAttr"); return 0; }
static intptr_t missing_155(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_HasAttr_s"); return 0; }
static intptr_t missing_156(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_SetAttr"); return 0; }
static intptr_t missing_157(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_SetAttr_s"); return 0; }
static intptr_t missing_158(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_GetItem"); return 0; }
static intptr_t missing_159(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_GetItem_i"); return 0; }
static intptr_t missing_160(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_GetItem_s"); return 0; }
static intptr_t missing_161(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Contains"); return 0; }
static intptr_t missing_162(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_SetItem"); return 0; }
static intptr_t missing_163(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_SetItem_i"); return 0; }
static intptr_t missing_164(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_SetItem_s"); return 0; }
static intptr_t missing_165(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Type"); return 0; }
static intptr_t missing_166(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_TypeCheck"); return 0; }
static intptr_t missing_167(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Is"); return 0; }
static intptr_t missing_168(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_AsStruct_Object"); return 0; }
static intptr_t missing_169(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_AsStruct_Legacy"); return 0; }
static intptr_t missing_170(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_New"); return 0; }
static intptr_t missing_171(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Repr"); return 0; }
static intptr_t missing_172(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Str"); return 0; }
static intptr_t missing_173(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_ASCII"); return 0; }
static intptr_t missing_174(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Bytes"); return 0; }
static intptr_t missing_175(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_RichCompare"); return 0; }
static intptr_t missing_176(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_RichCompareBool"); return 0; }
static intptr_t missing_177(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Hash"); return 0; }
static intptr_t missing_178(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Bytes_Check"); return 0; }
static intptr_t missing_179(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Bytes_Size"); return 0; }
static intptr_t missing_180(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Bytes_GET_SIZE"); return 0; }
static intptr_t missing_181(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Bytes_AsString"); return 0; }
static intptr_t missing_182(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Bytes_AS_STRING"); return 0; }
static intptr_t missing_183(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Bytes_FromString"); return 0; }
static intptr_t missing_184(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Bytes_FromStringAndSize"); return 0; }
static intptr_t missing_185(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Unicode_FromString"); return 0; }
static intptr_t missing_186(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Unicode_Check"); return 0; }
static intptr_t missing_187(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Unicode_AsASCIIString"); return 0; }
static intptr_t missing_188(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Unicode_AsLatin1String"); return 0; }
static intptr_t missing_189(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Unicode_AsUTF8String"); return 0; }
static intptr_t missing_190(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Unicode_AsUTF8AndSize"); return 0; }
static intptr_t missing_191(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Unicode_FromWideChar"); return 0; }
static intptr_t missing_192(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Unicode_DecodeFSDefault"); return 0; }
static intptr_t missing_193(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Unicode_DecodeFSDefaultAndSize"); return 0; }
static intptr_t missing_194(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Unicode_EncodeFSDefault"); return 0; }
static intptr_t missing_195(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Unicode_ReadChar"); return 0; }
static intptr_t missing_196(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Unicode_DecodeASCII"); return 0; }
static intptr_t missing_197(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Unicode_DecodeLatin1"); return 0; }
static intptr_t missing_198(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_List_Check"); return 0; }
static intptr_t missing_199(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_List_New"); return 0; }
static intptr_t missing_200(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_List_Append"); return 0; }
static intptr_t missing_201(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Dict_Check"); return 0; }
static intptr_t missing_202(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Dict_New"); return 0; }
static intptr_t missing_203(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Tuple_Check"); return 0; }
static intptr_t missing_204(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Tuple_FromArray"); return 0; }
static intptr_t missing_205(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Import_ImportModule"); return 0; }
static intptr_t missing_206(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_FromPyObject"); return 0; }
static intptr_t missing_207(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_AsPyObject"); return 0; }
static intptr_t missing_208(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_CallRealFunctionFromTrampoline"); return 0; }
static intptr_t missing_209(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_ListBuilder_New"); return 0; }
static intptr_t missing_210(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_ListBuilder_Set"); return 0; }
static intptr_t missing_211(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_ListBuilder_Build"); return 0; }
static intptr_t missing_212(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_ListBuilder_Cancel"); return 0; }
static intptr_t missing_213(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_TupleBuilder_New"); return 0; }
static intptr_t missing_214(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_TupleBuilder_Set"); return 0; }
static intptr_t missing_215(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_TupleBuilder_Build"); return 0; }
static intptr_t missing_216(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_TupleBuilder_Cancel"); return 0; }
static intptr_t missing_217(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Tracker_New"); return 0; }
static intptr_t missing_218(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Tracker_Add"); return 0; }
static intptr_t missing_219(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Tracker_ForgetAll"); return 0; }
static intptr_t missing_220(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Tracker_Close"); return 0; }
static intptr_t missing_221(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Field_Store"); return 0; }
static intptr_t missing_222(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Field_Load"); return 0; }
static intptr_t missing_223(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_ReenterPythonExecution"); return 0; }
static intptr_t missing_224(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_LeavePythonExecution"); return 0; }
static intptr_t missing_225(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Global_Store"); return 0; }
static intptr_t missing_226(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Global_Load"); return 0; }
static intptr_t missing_227(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Dump"); return 0; }
static intptr_t missing_228(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_AsStruct_Type"); return 0; }
static intptr_t missing_229(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_AsStruct_Long"); return 0; }
static intptr_t missing_230(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_AsStruct_Float"); return 0; }
static intptr_t missing_231(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_AsStruct_Unicode"); return 0; }
static intptr_t missing_232(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_AsStruct_Tuple"); return 0; }
static intptr_t missing_233(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_AsStruct_List"); return 0; }
static intptr_t missing_234(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Type_GetBuiltinShape"); return 0; }
static intptr_t missing_235(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_DelItem"); return 0; }
static intptr_t missing_236(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_DelItem_i"); return 0; }
static intptr_t missing_237(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_DelItem_s"); return 0; }
static intptr_t missing_244(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Capsule_New"); return 0; }
static intptr_t missing_245(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Capsule_Get"); return 0; }
static intptr_t missing_246(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Capsule_IsValid"); return 0; }
static intptr_t missing_247(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Capsule_Set"); return 0; }
static intptr_t missing_248(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Compile_s"); return 0; }
static intptr_t missing_249(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_EvalCode"); return 0; }
static intptr_t missing_250(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_ContextVar_New"); return 0; }
static intptr_t missing_251(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_ContextVar_Get"); return 0; }
static intptr_t missing_252(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_ContextVar_Set"); return 0; }
static intptr_t missing_253(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Type_GetName"); return 0; }
static intptr_t missing_254(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Type_IsSubtype"); return 0; }
static intptr_t missing_255(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Unicode_FromEncodedObject"); return 0; }
static intptr_t missing_256(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Unicode_Substring"); return 0; }
static intptr_t missing_257(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Dict_Keys"); return 0; }
static intptr_t missing_258(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Dict_Copy"); return 0; }
static intptr_t missing_259(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Slice_Unpack"); return 0; }
static intptr_t missing_260(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_SetCallFunction"); return 0; }
static intptr_t missing_261(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Call"); return 0; }
static intptr_t missing_262(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_CallMethod"); return 0; }
static intptr_t missing_264(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_AsStruct_Dict"); return 0; }
static intptr_t missing_265(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_List_Insert"); return 0; }
static intptr_t missing_266(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_GetSlice"); return 0; }
static intptr_t missing_267(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_SetSlice"); return 0; }
static intptr_t missing_268(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_DelSlice"); return 0; }
static intptr_t missing_269(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_GetIter"); return 0; }
static intptr_t missing_270(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Iter_Next"); return 0; }
static intptr_t missing_271(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Iter_Check"); return 0; }
static intptr_t missing_272(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "ctx_Slice_New"); return 0; }
static intptr_t missing_273(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 273"); return 0; }
static intptr_t missing_274(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 274"); return 0; }
static intptr_t missing_275(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 275"); return 0; }
static intptr_t missing_276(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 276"); return 0; }
static intptr_t missing_277(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 277"); return 0; }
static intptr_t missing_278(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 278"); return 0; }
static intptr_t missing_279(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 279"); return 0; }
static intptr_t missing_280(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 280"); return 0; }
static intptr_t missing_281(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 281"); return 0; }
static intptr_t missing_282(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 282"); return 0; }
static intptr_t missing_283(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 283"); return 0; }
static intptr_t missing_284(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 284"); return 0; }
static intptr_t missing_285(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 285"); return 0; }
static intptr_t missing_286(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 286"); return 0; }
static intptr_t missing_287(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 287"); return 0; }
static intptr_t missing_288(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 288"); return 0; }
static intptr_t missing_289(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 289"); return 0; }
static intptr_t missing_290(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 290"); return 0; }
static intptr_t missing_291(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 291"); return 0; }
static intptr_t missing_292(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 292"); return 0; }
static intptr_t missing_293(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 293"); return 0; }
static intptr_t missing_294(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 294"); return 0; }
static intptr_t missing_295(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 295"); return 0; }
static intptr_t missing_296(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 296"); return 0; }
static intptr_t missing_297(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 297"); return 0; }
static intptr_t missing_298(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 298"); return 0; }
static intptr_t missing_299(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 299"); return 0; }
static intptr_t missing_300(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 300"); return 0; }
static intptr_t missing_301(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 301"); return 0; }
static intptr_t missing_302(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 302"); return 0; }
static intptr_t missing_303(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 303"); return 0; }
static intptr_t missing_304(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 304"); return 0; }
static intptr_t missing_305(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 305"); return 0; }
static intptr_t missing_306(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 306"); return 0; }
static intptr_t missing_307(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 307"); return 0; }
static intptr_t missing_308(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 308"); return 0; }
static intptr_t missing_309(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 309"); return 0; }
static intptr_t missing_310(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 310"); return 0; }
static intptr_t missing_311(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 311"); return 0; }
static intptr_t missing_312(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 312"); return 0; }
static intptr_t missing_313(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 313"); return 0; }
static intptr_t missing_314(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 314"); return 0; }
static intptr_t missing_315(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 315"); return 0; }
static intptr_t missing_316(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 316"); return 0; }
static intptr_t missing_317(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 317"); return 0; }
static intptr_t missing_318(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 318"); return 0; }
static intptr_t missing_319(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 319"); return 0; }
static intptr_t missing_320(HPyContext *ctx) { if (taipan_hpy_missing) taipan_hpy_missing(ctx, "member 320"); return 0; }

void taipan_hpy_fill_missing(HPyContext *ctx) {
    if (!ctx->ctx_Dup) ctx->ctx_Dup = (void *)missing_77;
    if (!ctx->ctx_Close) ctx->ctx_Close = (void *)missing_78;
    if (!ctx->ctx_Long_FromInt32_t) ctx->ctx_Long_FromInt32_t = (void *)missing_79;
    if (!ctx->ctx_Long_FromUInt32_t) ctx->ctx_Long_FromUInt32_t = (void *)missing_80;
    if (!ctx->ctx_Long_FromInt64_t) ctx->ctx_Long_FromInt64_t = (void *)missing_81;
    if (!ctx->ctx_Long_FromUInt64_t) ctx->ctx_Long_FromUInt64_t = (void *)missing_82;
    if (!ctx->ctx_Long_FromSize_t) ctx->ctx_Long_FromSize_t = (void *)missing_83;
    if (!ctx->ctx_Long_FromSsize_t) ctx->ctx_Long_FromSsize_t = (void *)missing_84;
    if (!ctx->ctx_Long_AsInt32_t) ctx->ctx_Long_AsInt32_t = (void *)missing_85;
    if (!ctx->ctx_Long_AsUInt32_t) ctx->ctx_Long_AsUInt32_t = (void *)missing_86;
    if (!ctx->ctx_Long_AsUInt32_tMask) ctx->ctx_Long_AsUInt32_tMask = (void *)missing_87;
    if (!ctx->ctx_Long_AsInt64_t) ctx->ctx_Long_AsInt64_t = (void *)missing_88;
    if (!ctx->ctx_Long_AsUInt64_t) ctx->ctx_Long_AsUInt64_t = (void *)missing_89;
    if (!ctx->ctx_Long_AsUInt64_tMask) ctx->ctx_Long_AsUInt64_tMask = (void *)missing_90;
    if (!ctx->ctx_Long_AsSize_t) ctx->ctx_Long_AsSize_t = (void *)missing_91;
    if (!ctx->ctx_Long_AsSsize_t) ctx->ctx_Long_AsSsize_t = (void *)missing_92;
    if (!ctx->ctx_Long_AsVoidPtr) ctx->ctx_Long_AsVoidPtr = (void *)missing_93;
    if (!ctx->ctx_Long_AsDouble) ctx->ctx_Long_AsDouble = (void *)missing_94;
    if (!ctx->ctx_Float_FromDouble) ctx->ctx_Float_FromDouble = (void *)missing_95;
    if (!ctx->ctx_Float_AsDouble) ctx->ctx_Float_AsDouble = (void *)missing_96;
    if (!ctx->ctx_Bool_FromBool) ctx->ctx_Bool_FromBool = (void *)missing_97;
    if (!ctx->ctx_Length) ctx->ctx_Length = (void *)missing_98;
    if (!ctx->ctx_Number_Check) ctx->ctx_Number_Check = (void *)missing_99;
    if (!ctx->ctx_Add) ctx->ctx_Add = (void *)missing_100;
    if (!ctx->ctx_Subtract) ctx->ctx_Subtract = (void *)missing_101;
    if (!ctx->ctx_Multiply) ctx->ctx_Multiply = (void *)missing_102;
    if (!ctx->ctx_MatrixMultiply) ctx->ctx_MatrixMultiply = (void *)missing_103;
    if (!ctx->ctx_FloorDivide) ctx->ctx_FloorDivide = (void *)missing_104;
    if (!ctx->ctx_TrueDivide) ctx->ctx_TrueDivide = (void *)missing_105;
    if (!ctx->ctx_Remainder) ctx->ctx_Remainder = (void *)missing_106;
    if (!ctx->ctx_Divmod) ctx->ctx_Divmod = (void *)missing_107;
    if (!ctx->ctx_Power) ctx->ctx_Power = (void *)missing_108;
    if (!ctx->ctx_Negative) ctx->ctx_Negative = (void *)missing_109;
    if (!ctx->ctx_Positive) ctx->ctx_Positive = (void *)missing_110;
    if (!ctx->ctx_Absolute) ctx->ctx_Absolute = (void *)missing_111;
    if (!ctx->ctx_Invert) ctx->ctx_Invert = (void *)missing_112;
    if (!ctx->ctx_Lshift) ctx->ctx_Lshift = (void *)missing_113;
    if (!ctx->ctx_Rshift) ctx->ctx_Rshift = (void *)missing_114;
    if (!ctx->ctx_And) ctx->ctx_And = (void *)missing_115;
    if (!ctx->ctx_Xor) ctx->ctx_Xor = (void *)missing_116;
    if (!ctx->ctx_Or) ctx->ctx_Or = (void *)missing_117;
    if (!ctx->ctx_Index) ctx->ctx_Index = (void *)missing_118;
    if (!ctx->ctx_Long) ctx->ctx_Long = (void *)missing_119;
    if (!ctx->ctx_Float) ctx->ctx_Float = (void *)missing_120;
    if (!ctx->ctx_InPlaceAdd) ctx->ctx_InPlaceAdd = (void *)missing_121;
    if (!ctx->ctx_InPlaceSubtract) ctx->ctx_InPlaceSubtract = (void *)missing_122;
    if (!ctx->ctx_InPlaceMultiply) ctx->ctx_InPlaceMultiply = (void *)missing_123;
    if (!ctx->ctx_InPlaceMatrixMultiply) ctx->ctx_InPlaceMatrixMultiply = (void *)missing_124;
    if (!ctx->ctx_InPlaceFloorDivide) ctx->ctx_InPlaceFloorDivide = (void *)missing_125;
    if (!ctx->ctx_InPlaceTrueDivide) ctx->ctx_InPlaceTrueDivide = (void *)missing_126;
    if (!ctx->ctx_InPlaceRemainder) ctx->ctx_InPlaceRemainder = (void *)missing_127;
    if (!ctx->ctx_InPlacePower) ctx->ctx_InPlacePower = (void *)missing_128;
    if (!ctx->ctx_InPlaceLshift) ctx->ctx_InPlaceLshift = (void *)missing_129;
    if (!ctx->ctx_InPlaceRshift) ctx->ctx_InPlaceRshift = (void *)missing_130;
    if (!ctx->ctx_InPlaceAnd) ctx->ctx_InPlaceAnd = (void *)missing_131;
    if (!ctx->ctx_InPlaceXor) ctx->ctx_InPlaceXor = (void *)missing_132;
    if (!ctx->ctx_InPlaceOr) ctx->ctx_InPlaceOr = (void *)missing_133;
    if (!ctx->ctx_Callable_Check) ctx->ctx_Callable_Check = (void *)missing_134;
    if (!ctx->ctx_CallTupleDict) ctx->ctx_CallTupleDict = (void *)missing_135;
    if (!ctx->ctx_FatalError) ctx->ctx_FatalError = (void *)missing_136;
    if (!ctx->ctx_Err_SetString) ctx->ctx_Err_SetString = (void *)missing_137;
    if (!ctx->ctx_Err_SetObject) ctx->ctx_Err_SetObject = (void *)missing_138;
    if (!ctx->ctx_Err_SetFromErrnoWithFilename) ctx->ctx_Err_SetFromErrnoWithFilename = (void *)missing_139;
    if (!ctx->ctx_Err_SetFromErrnoWithFilenameObjects) ctx->ctx_Err_SetFromErrnoWithFilenameObjects = (void *)missing_140;
    if (!ctx->ctx_Err_Occurred) ctx->ctx_Err_Occurred = (void *)missing_141;
    if (!ctx->ctx_Err_ExceptionMatches) ctx->ctx_Err_ExceptionMatches = (void *)missing_142;
    if (!ctx->ctx_Err_NoMemory) ctx->ctx_Err_NoMemory = (void *)missing_143;
    if (!ctx->ctx_Err_Clear) ctx->ctx_Err_Clear = (void *)missing_144;
    if (!ctx->ctx_Err_NewException) ctx->ctx_Err_NewException = (void *)missing_145;
    if (!ctx->ctx_Err_NewExceptionWithDoc) ctx->ctx_Err_NewExceptionWithDoc = (void *)missing_146;
    if (!ctx->ctx_Err_WarnEx) ctx->ctx_Err_WarnEx = (void *)missing_147;
    if (!ctx->ctx_Err_WriteUnraisable) ctx->ctx_Err_WriteUnraisable = (void *)missing_148;
    if (!ctx->ctx_IsTrue) ctx->ctx_IsTrue = (void *)missing_149;
    if (!ctx->ctx_Type_FromSpec) ctx->ctx_Type_FromSpec = (void *)missing_150;
    if (!ctx->ctx_Type_GenericNew) ctx->ctx_Type_GenericNew = (void *)missing_151;
    if (!ctx->ctx_GetAttr) ctx->ctx_GetAttr = (void *)missing_152;
    if (!ctx->ctx_GetAttr_s) ctx->ctx_GetAttr_s = (void *)missing_153;
    if (!ctx->ctx_HasAttr) ctx->ctx_HasAttr = (void *)missing_154;
    if (!ctx->ctx_HasAttr_s) ctx->ctx_HasAttr_s = (void *)missing_155;
    if (!ctx->ctx_SetAttr) ctx->ctx_SetAttr = (void *)missing_156;
    if (!ctx->ctx_SetAttr_s) ctx->ctx_SetAttr_s = (void *)missing_157;
    if (!ctx->ctx_GetItem) ctx->ctx_GetItem = (void *)missing_158;
    if (!ctx->ctx_GetItem_i) ctx->ctx_GetItem_i = (void *)missing_159;
    if (!ctx->ctx_GetItem_s) ctx->ctx_GetItem_s = (void *)missing_160;
    if (!ctx->ctx_Contains) ctx->ctx_Contains = (void *)missing_161;
    if (!ctx->ctx_SetItem) ctx->ctx_SetItem = (void *)missing_162;
    if (!ctx->ctx_SetItem_i) ctx->ctx_SetItem_i = (void *)missing_163;
    if (!ctx->ctx_SetItem_s) ctx->ctx_SetItem_s = (void *)missing_164;
    if (!ctx->ctx_Type) ctx->ctx_Type = (void *)missing_165;
    if (!ctx->ctx_TypeCheck) ctx->ctx_TypeCheck = (void *)missing_166;
    if (!ctx->ctx_Is) ctx->ctx_Is = (void *)missing_167;
    if (!ctx->ctx_AsStruct_Object) ctx->ctx_AsStruct_Object = (void *)missing_168;
    if (!ctx->ctx_AsStruct_Legacy) ctx->ctx_AsStruct_Legacy = (void *)missing_169;
    if (!ctx->ctx_New) ctx->ctx_New = (void *)missing_170;
    if (!ctx->ctx_Repr) ctx->ctx_Repr = (void *)missing_171;
    if (!ctx->ctx_Str) ctx->ctx_Str = (void *)missing_172;
    if (!ctx->ctx_ASCII) ctx->ctx_ASCII = (void *)missing_173;
    if (!ctx->ctx_Bytes) ctx->ctx_Bytes = (void *)missing_174;
    if (!ctx->ctx_RichCompare) ctx->ctx_RichCompare = (void *)missing_175;
    if (!ctx->ctx_RichCompareBool) ctx->ctx_RichCompareBool = (void *)missing_176;
    if (!ctx->ctx_Hash) ctx->ctx_Hash = (void *)missing_177;
    if (!ctx->ctx_Bytes_Check) ctx->ctx_Bytes_Check = (void *)missing_178;
    if (!ctx->ctx_Bytes_Size) ctx->ctx_Bytes_Size = (void *)missing_179;
    if (!ctx->ctx_Bytes_GET_SIZE) ctx->ctx_Bytes_GET_SIZE = (void *)missing_180;
    if (!ctx->ctx_Bytes_AsString) ctx->ctx_Bytes_AsString = (void *)missing_181;
    if (!ctx->ctx_Bytes_AS_STRING) ctx->ctx_Bytes_AS_STRING = (void *)missing_182;
    if (!ctx->ctx_Bytes_FromString) ctx->ctx_Bytes_FromString = (void *)missing_183;
    if (!ctx->ctx_Bytes_FromStringAndSize) ctx->ctx_Bytes_FromStringAndSize = (void *)missing_184;
    if (!ctx->ctx_Unicode_FromString) ctx->ctx_Unicode_FromString = (void *)missing_185;
    if (!ctx->ctx_Unicode_Check) ctx->ctx_Unicode_Check = (void *)missing_186;
    if (!ctx->ctx_Unicode_AsASCIIString) ctx->ctx_Unicode_AsASCIIString = (void *)missing_187;
    if (!ctx->ctx_Unicode_AsLatin1String) ctx->ctx_Unicode_AsLatin1String = (void *)missing_188;
    if (!ctx->ctx_Unicode_AsUTF8String) ctx->ctx_Unicode_AsUTF8String = (void *)missing_189;
    if (!ctx->ctx_Unicode_AsUTF8AndSize) ctx->ctx_Unicode_AsUTF8AndSize = (void *)missing_190;
    if (!ctx->ctx_Unicode_FromWideChar) ctx->ctx_Unicode_FromWideChar = (void *)missing_191;
    if (!ctx->ctx_Unicode_DecodeFSDefault) ctx->ctx_Unicode_DecodeFSDefault = (void *)missing_192;
    if (!ctx->ctx_Unicode_DecodeFSDefaultAndSize) ctx->ctx_Unicode_DecodeFSDefaultAndSize = (void *)missing_193;
    if (!ctx->ctx_Unicode_EncodeFSDefault) ctx->ctx_Unicode_EncodeFSDefault = (void *)missing_194;
    if (!ctx->ctx_Unicode_ReadChar) ctx->ctx_Unicode_ReadChar = (void *)missing_195;
    if (!ctx->ctx_Unicode_DecodeASCII) ctx->ctx_Unicode_DecodeASCII = (void *)missing_196;
    if (!ctx->ctx_Unicode_DecodeLatin1) ctx->ctx_Unicode_DecodeLatin1 = (void *)missing_197;
    if (!ctx->ctx_List_Check) ctx->ctx_List_Check = (void *)missing_198;
    if (!ctx->ctx_List_New) ctx->ctx_List_New = (void *)missing_199;
    if (!ctx->ctx_List_Append) ctx->ctx_List_Append = (void *)missing_200;
    if (!ctx->ctx_Dict_Check) ctx->ctx_Dict_Check = (void *)missing_201;
    if (!ctx->ctx_Dict_New) ctx->ctx_Dict_New = (void *)missing_202;
    if (!ctx->ctx_Tuple_Check) ctx->ctx_Tuple_Check = (void *)missing_203;
    if (!ctx->ctx_Tuple_FromArray) ctx->ctx_Tuple_FromArray = (void *)missing_204;
    if (!ctx->ctx_Import_ImportModule) ctx->ctx_Import_ImportModule = (void *)missing_205;
    if (!ctx->ctx_FromPyObject) ctx->ctx_FromPyObject = (void *)missing_206;
    if (!ctx->ctx_AsPyObject) ctx->ctx_AsPyObject = (void *)missing_207;
    if (!ctx->ctx_CallRealFunctionFromTrampoline) ctx->ctx_CallRealFunctionFromTrampoline = (void *)missing_208;
    if (!ctx->ctx_ListBuilder_New) ctx->ctx_ListBuilder_New = (void *)missing_209;
    if (!ctx->ctx_ListBuilder_Set) ctx->ctx_ListBuilder_Set = (void *)missing_210;
    if (!ctx->ctx_ListBuilder_Build) ctx->ctx_ListBuilder_Build = (void *)missing_211;
    if (!ctx->ctx_ListBuilder_Cancel) ctx->ctx_ListBuilder_Cancel = (void *)missing_212;
    if (!ctx->ctx_TupleBuilder_New) ctx->ctx_TupleBuilder_New = (void *)missing_213;
    if (!ctx->ctx_TupleBuilder_Set) ctx->ctx_TupleBuilder_Set = (void *)missing_214;
    if (!ctx->ctx_TupleBuilder_Build) ctx->ctx_TupleBuilder_Build = (void *)missing_215;
    if (!ctx->ctx_TupleBuilder_Cancel) ctx->ctx_TupleBuilder_Cancel = (void *)missing_216;
    if (!ctx->ctx_Tracker_New) ctx->ctx_Tracker_New = (void *)missing_217;
    if (!ctx->ctx_Tracker_Add) ctx->ctx_Tracker_Add = (void *)missing_218;
    if (!ctx->ctx_Tracker_ForgetAll) ctx->ctx_Tracker_ForgetAll = (void *)missing_219;
    if (!ctx->ctx_Tracker_Close) ctx->ctx_Tracker_Close = (void *)missing_220;
    if (!ctx->ctx_Field_Store) ctx->ctx_Field_Store = (void *)missing_221;
    if (!ctx->ctx_Field_Load) ctx->ctx_Field_Load = (void *)missing_222;
    if (!ctx->ctx_ReenterPythonExecution) ctx->ctx_ReenterPythonExecution = (void *)missing_223;
    if (!ctx->ctx_LeavePythonExecution) ctx->ctx_LeavePythonExecution = (void *)missing_224;
    if (!ctx->ctx_Global_Store) ctx->ctx_Global_Store = (void *)missing_225;
    if (!ctx->ctx_Global_Load) ctx->ctx_Global_Load = (void *)missing_226;
    if (!ctx->ctx_Dump) ctx->ctx_Dump = (void *)missing_227;
    if (!ctx->ctx_AsStruct_Type) ctx->ctx_AsStruct_Type = (void *)missing_228;
    if (!ctx->ctx_AsStruct_Long) ctx->ctx_AsStruct_Long = (void *)missing_229;
    if (!ctx->ctx_AsStruct_Float) ctx->ctx_AsStruct_Float = (void *)missing_230;
    if (!ctx->ctx_AsStruct_Unicode) ctx->ctx_AsStruct_Unicode = (void *)missing_231;
    if (!ctx->ctx_AsStruct_Tuple) ctx->ctx_AsStruct_Tuple = (void *)missing_232;
    if (!ctx->ctx_AsStruct_List) ctx->ctx_AsStruct_List = (void *)missing_233;
    if (!ctx->ctx_Type_GetBuiltinShape) ctx->ctx_Type_GetBuiltinShape = (void *)missing_234;
    if (!ctx->ctx_DelItem) ctx->ctx_DelItem = (void *)missing_235;
    if (!ctx->ctx_DelItem_i) ctx->ctx_DelItem_i = (void *)missing_236;
    if (!ctx->ctx_DelItem_s) ctx->ctx_DelItem_s = (void *)missing_237;
    if (!ctx->ctx_Capsule_New) ctx->ctx_Capsule_New = (void *)missing_244;
    if (!ctx->ctx_Capsule_Get) ctx->ctx_Capsule_Get = (void *)missing_245;
    if (!ctx->ctx_Capsule_IsValid) ctx->ctx_Capsule_IsValid = (void *)missing_246;
    if (!ctx->ctx_Capsule_Set) ctx->ctx_Capsule_Set = (void *)missing_247;
    if (!ctx->ctx_Compile_s) ctx->ctx_Compile_s = (void *)missing_248;
    if (!ctx->ctx_EvalCode) ctx->ctx_EvalCode = (void *)missing_249;
    if (!ctx->ctx_ContextVar_New) ctx->ctx_ContextVar_New = (void *)missing_250;
    if (!ctx->ctx_ContextVar_Get) ctx->ctx_ContextVar_Get = (void *)missing_251;
    if (!ctx->ctx_ContextVar_Set) ctx->ctx_ContextVar_Set = (void *)missing_252;
    if (!ctx->ctx_Type_GetName) ctx->ctx_Type_GetName = (void *)missing_253;
    if (!ctx->ctx_Type_IsSubtype) ctx->ctx_Type_IsSubtype = (void *)missing_254;
    if (!ctx->ctx_Unicode_FromEncodedObject) ctx->ctx_Unicode_FromEncodedObject = (void *)missing_255;
    if (!ctx->ctx_Unicode_Substring) ctx->ctx_Unicode_Substring = (void *)missing_256;
    if (!ctx->ctx_Dict_Keys) ctx->ctx_Dict_Keys = (void *)missing_257;
    if (!ctx->ctx_Dict_Copy) ctx->ctx_Dict_Copy = (void *)missing_258;
    if (!ctx->ctx_Slice_Unpack) ctx->ctx_Slice_Unpack = (void *)missing_259;
    if (!ctx->ctx_SetCallFunction) ctx->ctx_SetCallFunction = (void *)missing_260;
    if (!ctx->ctx_Call) ctx->ctx_Call = (void *)missing_261;
    if (!ctx->ctx_CallMethod) ctx->ctx_CallMethod = (void *)missing_262;
    if (!ctx->ctx_AsStruct_Dict) ctx->ctx_AsStruct_Dict = (void *)missing_264;
    if (!ctx->ctx_List_Insert) ctx->ctx_List_Insert = (void *)missing_265;
    if (!ctx->ctx_GetSlice) ctx->ctx_GetSlice = (void *)missing_266;
    if (!ctx->ctx_SetSlice) ctx->ctx_SetSlice = (void *)missing_267;
    if (!ctx->ctx_DelSlice) ctx->ctx_DelSlice = (void *)missing_268;
    if (!ctx->ctx_GetIter) ctx->ctx_GetIter = (void *)missing_269;
    if (!ctx->ctx_Iter_Next) ctx->ctx_Iter_Next = (void *)missing_270;
    if (!ctx->ctx_Iter_Check) ctx->ctx_Iter_Check = (void *)missing_271;
    if (!ctx->ctx_Slice_New) ctx->ctx_Slice_New = (void *)missing_272;
    ctx->spare[0] = (void (*)(void))missing_273;
    ctx->spare[1] = (void (*)(void))missing_274;
    ctx->spare[2] = (void (*)(void))missing_275;
    ctx->spare[3] = (void (*)(void))missing_276;
    ctx->spare[4] = (void (*)(void))missing_277;
    ctx->spare[5] = (void (*)(void))missing_278;
    ctx->spare[6] = (void (*)(void))missing_279;
    ctx->spare[7] = (void (*)(void))missing_280;
    ctx->spare[8] = (void (*)(void))missing_281;
    ctx->spare[9] = (void (*)(void))missing_282;
    ctx->spare[10] = (void (*)(void))missing_283;
    ctx->spare[11] = (void (*)(void))missing_284;
    ctx->spare[12] = (void (*)(void))missing_285;
    ctx->spare[13] = (void (*)(void))missing_286;
    ctx->spare[14] = (void (*)(void))missing_287;
    ctx->spare[15] = (void (*)(void))missing_288;
    ctx->spare[16] = (void (*)(void))missing_289;
    ctx->spare[17] = (void (*)(void))missing_290;
    ctx->spare[18] = (void (*)(void))missing_291;
    ctx->spare[19] = (void (*)(void))missing_292;
    ctx->spare[20] = (void (*)(void))missing_293;
    ctx->spare[21] = (void (*)(void))missing_294;
    ctx->spare[22] = (void (*)(void))missing_295;
    ctx->spare[23] = (void (*)(void))missing_296;
    ctx->spare[24] = (void (*)(void))missing_297;
    ctx->spare[25] = (void (*)(void))missing_298;
    ctx->spare[26] = (void (*)(void))missing_299;
    ctx->spare[27] = (void (*)(void))missing_300;
    ctx->spare[28] = (void (*)(void))missing_301;
    ctx->spare[29] = (void (*)(void))missing_302;
    ctx->spare[30] = (void (*)(void))missing_303;
    ctx->spare[31] = (void (*)(void))missing_304;
    ctx->spare[32] = (void (*)(void))missing_305;
    ctx->spare[33] = (void (*)(void))missing_306;
    ctx->spare[34] = (void (*)(void))missing_307;
    ctx->spare[35] = (void (*)(void))missing_308;
    ctx->spare[36] = (void (*)(void))missing_309;
    ctx->spare[37] = (void (*)(void))missing_310;
    ctx->spare[38] = (void (*)(void))missing_311;
    ctx->spare[39] = (void (*)(void))missing_312;
    ctx->spare[40] = (void (*)(void))missing_313;
    ctx->spare[41] = (void (*)(void))missing_314;
    ctx->spare[42] = (void (*)(void))missing_315;
    ctx->spare[43] = (void (*)(void))missing_316;
    ctx->spare[44] = (void (*)(void))missing_317;
    ctx->spare[45] = (void (*)(void))missing_318;
    ctx->spare[46] = (void (*)(void))missing_319;
    ctx->spare[47] = (void (*)(void))missing_320;
}

static const char *const names[HPY_MEMBER_COUNT] = {
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    "ctx_Dup",
    "ctx_Close",
    "ctx_Long_FromInt32_t",
    "ctx_Long_FromUInt32_t",
    "ctx_Long_FromInt64_t",
    "ctx_Long_FromUInt64_t",
    "ctx_Long_FromSize_t",
    "ctx_Long_FromSsize_t",
    "ctx_Long_AsInt32_t",
    "ctx_Long_AsUInt32_t",
    "ctx_Long_AsUInt32_tMask",
    "ctx_Long_AsInt64_t",
    "ctx_Long_AsUInt64_t",
    "ctx_Long_AsUInt64_tMask",
    "ctx_Long_AsSize_t",
    "ctx_Long_AsSsize_t",
    "ctx_Long_AsVoidPtr",
    "ctx_Long_AsDouble",
    "ctx_Float_FromDouble",
    "ctx_Float_AsDouble",
    "ctx_Bool_FromBool",
    "ctx_Length",
    "ctx_Number_Check",
    "ctx_Add",
    "ctx_Subtract",
    "ctx_Multiply",
    "ctx_MatrixMultiply",
    "ctx_FloorDivide",
    "ctx_TrueDivide",
    "ctx_Remainder",
    "ctx_Divmod",
    "ctx_Power",
    "ctx_Negative",
    "ctx_Positive",
    "ctx_Absolute",
    "ctx_Invert",
    "ctx_Lshift",
    "ctx_Rshift",
    "ctx_And",
    "ctx_Xor",
    "ctx_Or",
    "ctx_Index",
    "ctx_Long",
    "ctx_Float",
    "ctx_InPlaceAdd",
    "ctx_InPlaceSubtract",
    "ctx_InPlaceMultiply",
    "ctx_InPlaceMatrixMultiply",
    "ctx_InPlaceFloorDivide",
    "ctx_InPlaceTrueDivide",
    "ctx_InPlaceRemainder",
    "ctx_InPlacePower",
    "ctx_InPlaceLshift",
    "ctx_InPlaceRshift",
    "ctx_InPlaceAnd",
    "ctx_InPlaceXor",
    "ctx_InPlaceOr",
    "ctx_Callable_Check",
    "ctx_CallTupleDict",
    "ctx_FatalError",
    "ctx_Err_SetString",
    "ctx_Err_SetObject",
    "ctx_Err_SetFromErrnoWithFilename",
    "ctx_Err_SetFromErrnoWithFilenameObjects",
    "ctx_Err_Occurred",
    "ctx_Err_ExceptionMatches",
    "ctx_Err_NoMemory",
    "ctx_Err_Clear",
    "ctx_Err_NewException",
    "ctx_Err_NewExceptionWithDoc",
    "ctx_Err_WarnEx",
    "ctx_Err_WriteUnraisable",
    "ctx_IsTrue",
    "ctx_Type_FromSpec",
    "ctx_Type_GenericNew",
    "ctx_GetAttr",
    "ctx_GetAttr_s",
    "ctx_HasAttr",
    "ctx_HasAttr_s",
    "ctx_SetAttr",
    "ctx_SetAttr_s",
    "ctx_GetItem",
    "ctx_GetItem_i",
    "ctx_GetItem_s",
    "ctx_Contains",
    "ctx_SetItem",
    "ctx_SetItem_i",
    "ctx_SetItem_s",
    "ctx_Type",
    "ctx_TypeCheck",
    "ctx_Is",
    "ctx_AsStruct_Object",
    "ctx_AsStruct_Legacy",
    "ctx_New",
    "ctx_Repr",
    "ctx_Str",
    "ctx_ASCII",
    "ctx_Bytes",
    "ctx_RichCompare",
    "ctx_RichCompareBool",
    "ctx_Hash",
    "ctx_Bytes_Check",
    "ctx_Bytes_Size",
    "ctx_Bytes_GET_SIZE",
    "ctx_Bytes_AsString",
    "ctx_Bytes_AS_STRING",
    "ctx_Bytes_FromString",
    "ctx_Bytes_FromStringAndSize",
    "ctx_Unicode_FromString",
    "ctx_Unicode_Check",
    "ctx_Unicode_AsASCIIString",
    "ctx_Unicode_AsLatin1String",
    "ctx_Unicode_AsUTF8String",
    "ctx_Unicode_AsUTF8AndSize",
    "ctx_Unicode_FromWideChar",
    "ctx_Unicode_DecodeFSDefault",
    "ctx_Unicode_DecodeFSDefaultAndSize",
    "ctx_Unicode_EncodeFSDefault",
    "ctx_Unicode_ReadChar",
    "ctx_Unicode_DecodeASCII",
    "ctx_Unicode_DecodeLatin1",
    "ctx_List_Check",
    "ctx_List_New",
    "ctx_List_Append",
    "ctx_Dict_Check",
    "ctx_Dict_New",
    "ctx_Tuple_Check",
    "ctx_Tuple_FromArray",
    "ctx_Import_ImportModule",
    "ctx_FromPyObject",
    "ctx_AsPyObject",
    "ctx_CallRealFunctionFromTrampoline",
    "ctx_ListBuilder_New",
    "ctx_ListBuilder_Set",
    "ctx_ListBuilder_Build",
    "ctx_ListBuilder_Cancel",
    "ctx_TupleBuilder_New",
    "ctx_TupleBuilder_Set",
    "ctx_TupleBuilder_Build",
    "ctx_TupleBuilder_Cancel",
    "ctx_Tracker_New",
    "ctx_Tracker_Add",
    "ctx_Tracker_ForgetAll",
    "ctx_Tracker_Close",
    "ctx_Field_Store",
    "ctx_Field_Load",
    "ctx_ReenterPythonExecution",
    "ctx_LeavePythonExecution",
    "ctx_Global_Store",
    "ctx_Global_Load",
    "ctx_Dump",
    "ctx_AsStruct_Type",
    "ctx_AsStruct_Long",
    "ctx_AsStruct_Float",
    "ctx_AsStruct_Unicode",
    "ctx_AsStruct_Tuple",
    "ctx_AsStruct_List",
    "ctx_Type_GetBuiltinShape",
    "ctx_DelItem",
    "ctx_DelItem_i",
    "ctx_DelItem_s",
    0,
    0,
    0,
    0,
    0,
    0,
    "ctx_Capsule_New",
    "ctx_Capsule_Get",
    "ctx_Capsule_IsValid",
    "ctx_Capsule_Set",
    "ctx_Compile_s",
    "ctx_EvalCode",
    "ctx_ContextVar_New",
    "ctx_ContextVar_Get",
    "ctx_ContextVar_Set",
    "ctx_Type_GetName",
    "ctx_Type_IsSubtype",
    "ctx_Unicode_FromEncodedObject",
    "ctx_Unicode_Substring",
    "ctx_Dict_Keys",
    "ctx_Dict_Copy",
    "ctx_Slice_Unpack",
    "ctx_SetCallFunction",
    "ctx_Call",
    "ctx_CallMethod",
    0,
    "ctx_AsStruct_Dict",
    "ctx_List_Insert",
    "ctx_GetSlice",
    "ctx_SetSlice",
    "ctx_DelSlice",
    "ctx_GetIter",
    "ctx_Iter_Next",
    "ctx_Iter_Check",
    "ctx_Slice_New",
};

const char *taipan_hpy_member_name(int number) { return number >= 0 && number < HPY_MEMBER_COUNT ? names[number] : 0; }
