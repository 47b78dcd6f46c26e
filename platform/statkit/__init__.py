"""Statistics: pure numpy and scipy, importable without Django.

Modules say `import scipy` and `scipy.special.f`: scipy loads its parts at their first use, and many processes that
import this package compute nothing.
"""
