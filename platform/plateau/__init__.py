"""The base that annotation, registry and workers stand on."""
