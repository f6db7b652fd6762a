import warnings


def old():
    warnings.warn("old is old", DeprecationWarning, stacklevel=2)


old()
warnings.warn("plain")
warnings.warn(FutureWarning("future"))
for _ in range(2):
    warnings.warn("once per place")
