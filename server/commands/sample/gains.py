"""What a savings account gained, in three small functions."""

# joule: Write a module with three functions:
# - keep_positive: Return a list of the positive numbers in values.
# - average: Return the average of values. Return 0 if values is empty.
# - gain: Apply keep_positive, then average to values.


def test_keep_positive() -> None:
    assert keep_positive([4, -3, 0, 8]) == [4, 8]
    assert keep_positive([]) == []


def test_average() -> None:
    assert average([1, 2]) == 1.5
    assert average([]) == 0


def test_gain() -> None:
    assert gain([4, -3, 8]) == 6
    assert gain([-5, 0]) == 0
