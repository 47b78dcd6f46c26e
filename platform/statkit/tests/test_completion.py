from statkit import completion


def test_the_finish_is_told_with_a_range_and_not_before_three_days_of_work():
    assert completion.simulate_days_to_completion(finished_per_day=[0, 100, 100], remaining=500) is None
    found = completion.simulate_days_to_completion(finished_per_day=[90, 110, 100, 0, 0, 95, 105], remaining=1000)
    assert found.value in found
    assert 11 <= found.value <= 18
    assert completion.simulate_days_to_completion(finished_per_day=[5, 5, 5], remaining=0).value == 0
