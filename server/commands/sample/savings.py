"""What a savings account did, day by day: gains above zero, losses below."""


def average_gain(values: list[int]) -> float:
    """Return the average of the positive values. Return 0 if there are none."""
    raise NotImplementedError


def test_average_gain() -> None:
    assert average_gain([4, -3, 8]) == 6
    assert average_gain([10]) == 10
    assert average_gain([1, 2]) == 1.5


def test_average_gain_without_gains() -> None:
    assert average_gain([-5, 0]) == 0
    assert average_gain([]) == 0
