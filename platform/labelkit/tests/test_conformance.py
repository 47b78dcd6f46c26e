"""Every annotation type of the catalog keeps every promise of the seam."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelkit.annotations import ANNOTATION_TYPES
from labelkit.tests.conformance import CASES, PROMISES
from statkit.tests.examples import examples


def test_every_type_of_the_catalog_is_held_to_its_promises():
    assert list(CASES) == list(ANNOTATION_TYPES)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("key", CASES)
@given(data=st.data())
@settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
def test_a_type_keeps_its_promise(key, promise, data):
    promise(CASES[key], data)
