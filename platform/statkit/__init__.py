"""Statistics: pure numpy and scipy, importable without Django.

Modules use `import scipy` and `scipy.special.f`, because scipy loads its subpackages at first use, and many processes
import this package without computing anything.
"""
