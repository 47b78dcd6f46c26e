from statkit import completion


def test_the_days_to_completion_have_a_range_and_need_three_days_of_work():
    assert completion.simulate_days_to_completion(finished_per_day=[0, 100, 100], remaining=500) is None
    days = completion.simulate_days_to_completion(finished_per_day=[90, 110, 100, 0, 0, 95, 105], remaining=1000)
    assert days.value in days
    assert 11 <= days.value <= 18
    assert completion.simulate_days_to_completion(finished_per_day=[5, 5, 5], remaining=0).value == 0
