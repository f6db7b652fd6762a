#include "CDecimals.h"
